// From wishes to snapshots: fetches, scans and puts many subjects in a bounded pipeline.
//
// One thread fetches, in the order of the wishes and never more than a few ahead; `jobs` threads
// scan; each snapshot is in the ledger as soon as it is done. So whatever ends the process, all
// that was done is there, and the same wishes given again go on where it ended: a Debian source
// package that is there at its version is not fetched again. What fails is noted in the ledger with
// its reason and never stops the rest. One download at a time, and no file twice.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "kb/kb.h"
#include "ledger/ledger.h"
#include "source/source.h"

namespace stowaway::ledger {

// Something to be tracked.
struct Wish {
  std::string subject;   // its name in the ledger
  std::string version;   // "" only for a Debian package: the newest that is offered
  std::string location;  // what source::open_subject takes; "" for a Debian package
  std::string package;   // Debian source package; "": none
  std::optional<VersionOrder> order;
};

// "debian:NAME" or "debian:NAME=VERSION". Fails with invalid_argument.
Result<Wish> debian_wish(std::string_view text);

// A list, one wish a line: "debian:NAME[=VERSION]", or "SUBJECT VERSION LOCATION" (the location
// goes to the end of the line). Empty lines and what follows '#' at the start of a line do not
// count. Fails with invalid_argument, naming the line.
Result<std::vector<Wish>> read_wishes(std::string_view list);

enum class Outcome {
  added,
  replaced,
  rematched,  // was there, but compared with another knowledge base: from its fingerprints
  kept,       // was there
  failed,
};

struct Tracked {
  std::string subject, version;
  Outcome outcome = Outcome::failed;
  std::string stage, reason;  // of a failure
  std::uint64_t copies = 0;
  bool is_partial = false;
  std::int64_t fetch_ms = 0, scan_ms = 0;
};

// Where Debian's source packages come from: apt, with a state of its own.
struct ArchiveOptions {
  std::vector<std::string> suites;       // besides those that apt is configured with
  std::vector<std::string> apt_sources;  // lines of a sources.list, instead of apt's own
  std::string cache_directory;           // made when needed
  bool keep_downloads = false;           // otherwise each is removed when it has been scanned
};

struct TrackOptions {
  unsigned jobs = 0;       // scans at a time; 0: one per processor
  bool again = false;      // fetch and scan even what is there
  source::Options source;  // limits; its jobs count where there is one wish alone
  ArchiveOptions archive;
  std::function<std::string()> now;          // the time, as in NewSnapshot::at; from any thread
  std::function<void(const Tracked&)> done;  // each one when it is; one at a time
  std::stop_token stop;
  ProgressSink* progress = nullptr;  // may be null
};

// Fails only where the ledger does, or with cancelled.
Result<void> track(Ledger& ledger, const kb::Kb& kb, const std::vector<Wish>& wishes,
                   const TrackOptions& options);

// Scans one subject here and now. Fails as source and ledger do.
Result<Tracked> track_one(Ledger& ledger, const kb::Kb& kb, const Wish& wish,
                          const TrackOptions& options);

struct RefreshOptions {
  unsigned jobs = 0;
  bool every_version = false;  // not only the current one of each subject
  std::function<std::string()> now;
  std::stop_token stop;
  ProgressSink* progress = nullptr;
};

struct RefreshReport {
  std::uint64_t rematched = 0, up_to_date = 0;
  std::uint64_t changed = 0;  // of those rematched: other copies or versions than before
  struct Failed {
    std::string subject, version, reason;
  };
  std::vector<Failed> failed;  // no fingerprints were kept, or they are damaged; by subject
};

// Matches again what was compared with another knowledge base, from the fingerprints in the ledger.
// Fails only where the ledger does, or with cancelled: what was done until then stays.
Result<RefreshReport> refresh(Ledger& ledger, const kb::Kb& kb, const RefreshOptions& options);

}  // namespace stowaway::ledger
