// What a scan found: the model that every report writes. Plain values; no look-ups, no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "source/source.h"

namespace stowaway::match {

// docs/matching.md defines them.
enum class Verdict {
  identical,  // every code file of the release is there, byte for byte
  subset,     // what is there is byte-identical; some of the release is not there
  modified,   // files of the copy differ from every release
  fragment,   // a few files of the release, no more
};
std::string_view name_of(Verdict verdict);

// How one file of a copy (or of the release) relates to the chosen release.
enum class FileRelation {
  identical,      // byte for byte in the chosen release
  reformatted,    // the same but for comments, white space and line ends
  other_release,  // byte for byte (or reformatted) in another release only: evidence against
  changed,        // resembles a file of the release; similarity_ratio says how much of it is there
  added,          // lies in the copy's directory, belongs to nothing known
  missing,        // the release has it, the copy does not
};
std::string_view name_of(FileRelation relation);

struct FileEvidence {
  std::string path;          // subject path; for `missing` the release's path
  std::string release_path;  // where the release has it; empty for `added`
  FileRelation relation;
  double similarity_ratio;  // 0..1; 1 for identical and reformatted
  std::vector<std::string>
      versions;  // for other_release: where it is found, first and last; else empty
};

struct FileCounts {
  std::uint32_t identical = 0, reformatted = 0, other_release = 0, changed = 0, added = 0,
                missing = 0;
};

// A version that something in the copy states: a macro, package.json, AC_INIT, a README.
struct Declaration {
  std::string version;
  std::string path;    // subject path of the file that says so
  std::string method;  // "macro", "package.json", "autoconf", "cmake", "meson", "pkg-config",
                       // "readme", "banner", "manifest"
  bool agrees;         // with the versions that the contents support, or with those reported
  // No release has that number, and yet a release holds this very file: it says what it said there
  // (7.1 in upstream's 7.0.9), and nothing of this copy.
  bool overruled = false;
};

// Why a neighbouring release lost.
struct RivalRelease {
  std::string version;
  std::uint32_t files_for = 0;      // files of the copy that this release has
  std::uint32_t files_against = 0;  // files of the copy that only other releases have
  std::uint32_t files_missing = 0;
};

struct Copy {
  std::string path;  // subject path of the copy's root; a file's path for a single-file copy; ""
                     // the subject itself
  std::string component;  // canonical name
  std::string purl;       // without version
  std::string licence;    // SPDX expression; may be empty
  std::vector<std::string>
      versions;  // every release that the evidence cannot tell apart, oldest first; empty: unknown
  std::string version_note;  // for people; empty, or "after 1.2.11, before 1.2.12", "mixed: 1.2.8
                             // with files of 1.2.11"
  Verdict verdict = Verdict::fragment;
  double confidence = 0;       // 0..1, calibrated: that the component really is embedded here
  double coverage_ratio = 0;   // 0..1: share of the release's code files that the copy holds
  double purity_ratio = 0;     // 0..1: share of the copy's code files that the release explains
  double unchanged_ratio = 1;  // 0..1: estimated share of the found files' code that is untouched
  FileCounts counts;
  std::vector<Declaration> declared;
  std::vector<std::string> alternatives;  // other components (forks) that explain it as well
  std::optional<std::size_t>
      nested_in;                    // index in ScanResult::copies of the copy that this one lies in
  std::vector<FileEvidence> files;  // sorted by path; only filled when asked for (explain)
  std::vector<RivalRelease>
      rivals;  // the chosen release first, then its nearest rivals; only when asked for
};

// The subject itself, when it is a known release.
struct SelfIdentity {
  std::string component, purl;
  std::vector<std::string> versions;
  Verdict verdict = Verdict::identical;
  double confidence = 0, coverage_ratio = 0;
};

// Other people's code by what it says itself, or by what is known of it from somebody who carries
// it too; the KB has never seen a release of it.
struct DeclaredOnly {
  std::string path;         // folder of the subject
  std::string name;         // as declared, or the folder's
  std::string version;      // empty: unknown
  std::string declared_in;  // subject path of the file that says so; empty when nothing does
  std::string known_from;   // "contrib/draco of assimp"; empty when a file declares it
};

struct KbInfo {
  std::string path, id;  // id: hex, changes with the content
  std::uint64_t components = 0, releases = 0, contents = 0, shingles = 0;
};

struct ScanResult {
  std::string subject;                      // as the user named it
  std::string subject_kind;                 // source::Source::kind()
  std::vector<SelfIdentity> self;           // at most one for now
  std::vector<Copy> copies;                 // sorted by path, then component
  std::vector<DeclaredOnly> declared_only;  // sorted by path
  source::Summary summary;
  std::vector<source::Gap> gaps;  // sorted by path; at most 10,000 kept, summary.gaps counts all
  bool partial = false;           // something was not looked at
  KbInfo kb;
};

}  // namespace stowaway::match
