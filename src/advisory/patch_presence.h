// Patch presence: whether the code that a fix changes lies in a copy in its vulnerable or in its
// fixed form. Distributions fix copies without changing their version; this looks at the code.
//
// Learning derives the forms of every function that a fix changes, from patches, or from what lies
// before and after the fix. Judging looks for these forms in the files of a copy. A function whose
// form is not known is judged by its changed statements, after ReDeBug (Jang, Agrawal, Brumley:
// "ReDeBug: Finding Unpatched Code Clones in Entire OS Distributions", IEEE S&P 2012); what they do
// not decide stays undecided. docs/patch-presence.md has the rules and how well they do.
//
// C, C++ and JavaScript. Subjects and patches are foreign: limits hold, and nothing is executed.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "advisory/audit.h"
#include "advisory/patch_forms.h"
#include "base/result.h"
#include "source/source.h"

namespace stowaway::advisory {

struct Learnt {
  Forms forms;
  std::vector<std::string> notes;  // what could not be used, for people
};

// From unified diffs, in the order in which they apply. `tree` is a subject as source.h knows them,
// with or without the patches; "" where there is none: then only the changed lines are learnt.
// `sources` of the forms name the patch files. Fails as the reading does, or with corrupt (no
// diff).
Result<Learnt> learn_from_patches(const std::string& advisory,
                                  std::span<const std::string> patch_files, const std::string& tree,
                                  const source::Options& options);

// From the code before and after the fix, each a subject ("REPO@REV", a directory, an archive):
// every function that differs. `patch_files`: only what these change counts; none: everything.
Result<Learnt> learn_between(const std::string& advisory, const std::string& before,
                             const std::string& after, std::span<const std::string> patch_files,
                             const source::Options& options);

// From a Debian source package, a directory or a .dsc: what each patch of its series that names
// CVEs in its file name, or else in its header, fixes. States of the same file from before and
// after that patch count as well.
Result<std::vector<Learnt>> learn_from_debian(const std::string& tree,
                                              const source::Options& options);

// Another state of the code, from after the fix (or from before it): the forms that its functions
// have there are fixed (vulnerable) ones.
Result<void> learn_state(Forms& forms, const std::string& subject, bool after_fix,
                         const source::Options& options);

// How a part of a change is found in a function: of so many hashes, so many are there.
struct Share {
  std::size_t found = 0, of = 0;
};

// What was seen of one item of the forms.
struct JudgedItem {
  std::string name, path;  // path: in the subject; empty: not found
  ItemKind kind = ItemKind::function;
  PatchForm form = PatchForm::absent;
  bool by_statements = false;  // no form is known: the changed statements say so
  // Of the change that fits best; set where the form is not known.
  Share removed, added, removed_pairs, added_pairs;
};

struct PatchVerdict {
  std::string root, advisory;
  PatchForm form = PatchForm::absent;
  std::string detail;             // for people: "inflate() in inflate.c is as after the fix"
  std::vector<JudgedItem> items;  // by path, name
};

// Where to look for what: the files below `root` ("" is the subject), but not those below a deeper
// root that is in the list as well.
struct JudgedPlace {
  std::string root;
  std::vector<std::string> advisories;  // of those that the judge knows; empty: all
};

// Safe from any thread once it is made.
class PatchJudge {
 public:
  explicit PatchJudge(std::vector<Forms> forms);
  PatchJudge(PatchJudge&&) noexcept;
  PatchJudge& operator=(PatchJudge&&) noexcept;
  ~PatchJudge();

  // One verdict for each place and advisory, in the order of `places`, then by advisory. The same
  // subject gives the same verdicts, whatever options.jobs is. What quilt keeps below .pc/ does not
  // count. Fails as the source does.
  Result<std::vector<PatchVerdict>> judge(source::Source& subject,
                                          std::span<const JudgedPlace> places,
                                          const source::Options& options) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace stowaway::advisory
