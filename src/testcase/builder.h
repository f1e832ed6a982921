// Builds one variant of a case against one copy: just enough of the copy as it lies there, the
// program, and what lets the two speak with each other. JavaScript needs no building: only what is
// to be loaded is chosen.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "testcase/case.h"
#include "testcase/compiler.h"
#include "testcase/layout.h"
#include "testcase/staged_tree.h"

namespace stowaway::testcase {

// A tree and where boxes see it.
struct ShownTree {
  StagedTree tree;
  std::string inside;  // "/in/tree"
};

enum class BuildEnd {
  built,
  no_entry,  // what the flaw lies in is not in this copy
  unread,    // a file of the copy could not be read: nothing can be said
  failed,    // this variant does not fit, or the copy misses something
};

struct BuildOutcome {
  BuildEnd end = BuildEnd::failed;
  std::string why;                   // one line; empty when built
  std::vector<std::string> errors;   // the compiler's first, when failed
  std::vector<std::string> sources;  // of the copy, that were compiled or are to be loaded
  std::vector<std::string> absent;   // symbols outside the copy that it was built without
};

// Works below `work`: in/ holds what boxes see under /in, out/ what compilers write. One at a time
// for a work directory.
class Builder {
 public:
  // `needs`: copies of the libraries that the case needs, by component; where one is not there, the
  // system's is used. All are borrowed.
  Builder(const Sandbox& sandbox, const Toolchain& tools, const WorkDirectory& work,
          ShownTree& copy, std::map<std::string, ShownTree>& needs, unsigned jobs,
          std::stop_token stop);

  // Fails only as Sandbox::run does, or when our own files cannot be written.
  Result<BuildOutcome> build(const Case& test, const Variant& variant);

 private:
  // A library that is being compiled.
  struct Library {
    ShownTree* shown;
    const Build* build;
    Layout layout;
    std::vector<std::string> objects;  // of those that compiled
    std::vector<std::string> errors;
    std::size_t failed = 0;  // sources that did not compile
  };

  Result<Library> compile_library(ShownTree& shown, const Build& build, const std::string& name);
  Result<void> compile_sources(Library& library, const std::string& name);
  Result<bool> find_header(Library& library, const std::string& name);
  Result<bool> make_from_template(Library& library, const std::string& name);
  Result<bool> generate(Library& library, const std::string& name);
  Result<BuildOutcome> build_program(const Case& test, const Variant& variant, Library& copy,
                                     std::vector<Library>& needs);
  Result<std::vector<std::string>> compile_program(const Variant& variant, Library& copy, bool cpp);
  Result<BuildOutcome> link_program(const Case& test, const Variant& variant, const Library& copy,
                                    const std::vector<Library>& needs, bool cpp);
  Result<BuildOutcome> without_required(const Library& copy) const;
  Result<BuildOutcome> check_entries(Library& copy, std::vector<std::string>& symbols);
  Result<std::string> bridge(const Case& test, const Variant& variant, const Library& copy,
                             const std::vector<std::string>& symbols);
  std::vector<std::string> include_paths(const Library& library) const;
  Result<void> write(const std::string& name, std::string_view text) const;

  const WorkDirectory& work_;
  Compiler compiler_;
  ShownTree& copy_;
  std::map<std::string, ShownTree>& needs_;
  unsigned jobs_;
  std::vector<std::string> shared_includes_;  // of needed libraries, behind the copy's own
};

}  // namespace stowaway::testcase
