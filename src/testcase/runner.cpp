#include "testcase/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/atomic_file.h"
#include "base/text.h"
#include "testcase/builder.h"
#include "testcase/skeleton.h"

namespace stowaway::testcase {
namespace {

constexpr const char* kTree = "/in/tree";

bool fits(const Variant& variant, std::span<const std::string> versions) {
  return variant.versions.empty() || versions.empty() ||
         std::ranges::any_of(versions, [&](const std::string& version) {
           return holds(variant.versions, version);
         });
}

// Where the box sees the copy: a directory with a slash, or a file.
std::string inside_of(const StagedTree& tree) {
  if (tree.root().empty()) return std::string(kTree) + "/";
  return std::string(kTree) + "/" + tree.root() + (tree.is_single_file() ? "" : "/");
}

// What to add to the evidence: what the copy was built without.
std::string without(const std::vector<std::string>& absent) {
  if (absent.empty()) return {};
  const std::string more = absent.size() == 1 ? "" : fmt::format(" and {} more", absent.size() - 1);
  return fmt::format(" (built without {}{})", escape_for_terminal(absent.front()), more);
}

// What cannot be read is the copy's own trouble; only an interruption ends all.
Result<CaseOutcome> failed_with(const Error& error, CaseOutcome outcome) {
  if (error.code == ErrorCode::cancelled) return tl::unexpected<Error>(error);
  outcome.evidence = escape_for_terminal(error.message);
  return outcome;
}

// One copy in its work directory, with all that its cases share.
class CopyRun {
 public:
  CopyRun(const Sandbox& sandbox, const Toolchain& tools, const RunnerOptions& options,
          const CopyUnderTest& copy, WorkDirectory work, StagedTree tree)
      : sandbox_(sandbox),
        tools_(tools),
        options_(options),
        copy_(copy),
        work_(std::move(work)),
        tree_{std::move(tree), kTree} {}

  Result<CaseOutcome> run(const Case& test) {
    CaseOutcome outcome = outcome_of(test, copy_, tools_.id_for(test.language));
    if (outcome.ran_with.empty()) {
      outcome.evidence =
          test.language == Language::javascript ? "node was not found" : "no compiler was found";
      return outcome;
    }
    if (const auto staged = stage_needs(test); !staged) return failed_with(staged.error(), outcome);
    STOWAWAY_TRY_VOID(write_case(test));
    STOWAWAY_TRY_VOID(try_variants(test, outcome));
    return outcome;
  }

 private:
  Result<void> stage_needs(const Case& test) {
    needs_.clear();
    for (const Need& need : test.needs) {
      const auto neighbour = copy_.neighbours.find(need.component);
      if (neighbour == copy_.neighbours.end()) continue;
      std::error_code ignored;
      const std::string name = "in/needs/" + need.component;
      std::filesystem::remove_all(work_.path() + "/" + name, ignored);
      STOWAWAY_TRY(const std::string directory, work_.make(name, false));
      STOWAWAY_TRY(StagedTree tree, StagedTree::make(neighbour->second, directory, options_.stop));
      needs_.emplace(need.component, ShownTree{std::move(tree), "/" + name});
    }
    return {};
  }

  Result<void> write_case(const Case& test) {
    std::error_code ignored;
    std::filesystem::remove_all(work_.path() + "/in/case", ignored);
    STOWAWAY_TRY(const std::string directory, work_.make("in/case", false));
    for (const auto& [name, text] : test.files)
      STOWAWAY_TRY_VOID(write_file_atomically(directory + "/" + name,
                                              std::as_bytes(std::span(text.data(), text.size()))));
    return {};
  }

  Result<void> try_variants(const Case& test, CaseOutcome& outcome) {
    Builder builder(sandbox_, tools_, work_, tree_, needs_, options_.jobs, options_.stop);
    std::optional<BuildOutcome> first_failure, no_entry;
    for (const Variant* variant : in_order_of_fit(test, copy_.versions)) {
      STOWAWAY_TRY(BuildOutcome built, builder.build(test, *variant));
      if (built.end == BuildEnd::built) {
        outcome.variant = variant->name;
        STOWAWAY_TRY(const BoxResult seen, run_program(test, *variant, built));
        const Judgement judged = judge(test.expect, seen, inside_of(tree_.tree), built.absent);
        outcome.verdict = judged.verdict;
        outcome.evidence = judged.evidence + without(built.absent);
        return {};
      }
      if (built.end == BuildEnd::unread) {
        outcome.evidence = escape_for_terminal(built.why);
        return {};
      }
      std::optional<BuildOutcome>& kept =
          built.end == BuildEnd::no_entry ? no_entry : first_failure;
      if (!kept) kept = std::move(built);
    }
    // Something that could not be built might hold the entry after all: that comes first.
    const BuildOutcome& why = first_failure ? *first_failure : *no_entry;
    outcome.verdict = first_failure ? Verdict::needs_variant : Verdict::not_applicable;
    outcome.evidence = escape_for_terminal(why.why);
    for (const std::string& line : why.errors) outcome.errors.push_back(escape_for_terminal(line));
    if (first_failure)
      outcome.missing_variant = variant_skeleton(test, copy_.versions, outcome.errors);
    return {};
  }

  Result<BoxResult> run_program(const Case& test, const Variant& variant,
                                const BuildOutcome& built) {
    Box box;
    box.readable = {{work_.path() + "/in", "/in"}, {work_.path() + "/out", "/out"}};
    box.limits.cpu_seconds = test.limits.cpu_seconds;
    box.limits.wall = std::chrono::seconds(8 * test.limits.cpu_seconds + 30);
    box.limits.memory_bytes = std::uint64_t{test.limits.memory_mb} << 20;
    box.stop = options_.stop;
    if (test.language == Language::javascript) {
      nlohmann::json files = nlohmann::json::array();
      for (const std::string& path : built.sources)
        files.push_back(std::string(kTree) + "/" + path);
      box.arguments = {tools_.node, "/in/case/" + variant.program};
      box.environment = {
          "NODE_PATH=/in/made:/usr/share/nodejs:/usr/lib/nodejs",
          "STOWAWAY_FILES=" + files.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)};
    } else {
      box.arguments = {"/out/program"};
      box.environment = {
          "ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:detect_stack_use_after_return=1:"
          "max_allocation_size_mb=512:"
          "print_legend=0:exitcode=86",
          "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=0"};
    }
    return sandbox_.run(work_, box);
  }

  const Sandbox& sandbox_;
  const Toolchain& tools_;
  const RunnerOptions& options_;
  const CopyUnderTest& copy_;
  WorkDirectory work_;
  ShownTree tree_;
  std::map<std::string, ShownTree> needs_;
};

}  // namespace

std::vector<const Variant*> in_order_of_fit(const Case& test,
                                            std::span<const std::string> versions) {
  std::vector<const Variant*> order;
  for (const bool wanted : {true, false})
    for (const Variant& variant : test.variants)
      if (fits(variant, versions) == wanted) order.push_back(&variant);
  return order;
}

CaseOutcome outcome_of(const Case& test, const CopyUnderTest& copy, const std::string& ran_with) {
  CaseOutcome outcome;
  outcome.test = test.name;
  outcome.advisory = test.advisory;
  outcome.component = copy.component;
  outcome.path = copy.place.root;
  outcome.versions = copy.versions;
  outcome.ran_with = ran_with;
  return outcome;
}

Result<std::vector<CaseOutcome>> Runner::run(const CopyUnderTest& copy,
                                             std::span<const Case* const> cases) const {
  STOWAWAY_TRY(WorkDirectory work, sandbox_.make_directory());
  STOWAWAY_TRY(const std::string tree_directory, work.make("in/tree", false));
  STOWAWAY_TRY(const std::string out, work.make("out", true));
  auto tree = StagedTree::make(copy.place, tree_directory, options_.stop);
  std::vector<CaseOutcome> outcomes;
  if (!tree) {
    for (const Case* test : cases) {
      STOWAWAY_TRY(
          CaseOutcome outcome,
          failed_with(tree.error(), outcome_of(*test, copy, tools_.id_for(test->language))));
      outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }
  CopyRun one(sandbox_, tools_, options_, copy, std::move(work), *std::move(tree));
  for (const Case* test : cases) {
    STOWAWAY_TRY(CaseOutcome outcome, one.run(*test));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace stowaway::testcase
