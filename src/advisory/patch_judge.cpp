#include <algorithm>
#include <map>
#include <optional>

#include "advisory/patch/match.h"
#include "advisory/patch/verdict.h"
#include "advisory/patch_presence.h"

namespace stowaway::advisory {
namespace {

using patch::FormIndex;
using patch::Sighting;

// Files as they were before a patch: quilt keeps them below .pc/.
bool is_backup(std::string_view path) {
  return path.starts_with(".pc/") || path.find("/.pc/") != std::string_view::npos;
}

// Cuts each file below a place and remembers what was seen of the forms.
class Looker final : public source::Sink {
 public:
  Looker(const FormIndex& index, std::span<const JudgedPlace> places, unsigned jobs)
      : index_(index), seen_(jobs) {
    for (std::size_t i = 0; i < places.size(); ++i) roots_[places[i].root].push_back(i);
  }

  bool wants(std::string_view path) const override {
    return patch::language_of(path) && !is_backup(path) && !places_of(path).empty();
  }
  void on_file(unsigned worker, const source::FileView& file) override {
    if (!wants(file.path)) return;
    const auto places = places_of(file.path);
    std::vector<Sighting> found;
    index_.look(file.path, {reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size()},
                found);
    for (Sighting& one : found)
      for (const std::size_t place : places) seen_[worker].emplace_back(place, one);
  }
  void on_identity(unsigned, std::string_view, const fingerprint::Md5&) override {}
  void on_gap(unsigned, source::Gap) override {}

  // Of each place, sorted by path and name.
  std::vector<std::vector<Sighting>> take(std::size_t places) {
    std::vector<std::vector<Sighting>> out(places);
    for (auto& of_worker : seen_)
      for (auto& [place, one] : of_worker) out[place].push_back(std::move(one));
    for (auto& of_place : out)
      std::ranges::stable_sort(of_place, [](const Sighting& a, const Sighting& b) {
        return std::tie(a.path, a.name, a.ref) < std::tie(b.path, b.name, b.ref);
      });
    return out;
  }

 private:
  // The places with the deepest root that the path lies below.
  std::span<const std::size_t> places_of(std::string_view path) const {
    for (std::string_view root = path;;) {
      if (const auto found = roots_.find(root); found != roots_.end()) return found->second;
      if (root.empty()) return {};
      const std::size_t slash = root.rfind('/');
      root = slash == std::string_view::npos ? std::string_view() : root.substr(0, slash);
    }
  }

  const FormIndex& index_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> roots_;
  std::vector<std::vector<std::pair<std::size_t, Sighting>>> seen_;  // by worker
};

}  // namespace

struct PatchJudge::Inside {
  explicit Inside(std::vector<Forms> all) : forms(std::move(all)), index(forms) {}
  std::vector<Forms> forms;
  FormIndex index;
};

PatchJudge::PatchJudge(std::vector<Forms> forms) {
  std::ranges::sort(forms, {}, &Forms::advisory);
  inside_ = std::make_unique<Inside>(std::move(forms));
}
PatchJudge::PatchJudge(PatchJudge&&) noexcept = default;
PatchJudge& PatchJudge::operator=(PatchJudge&&) noexcept = default;
PatchJudge::~PatchJudge() = default;

Result<std::vector<PatchVerdict>> PatchJudge::judge(source::Source& subject,
                                                    std::span<const JudgedPlace> places,
                                                    const source::Options& options) const {
  Looker looker(inside_->index, places, source::effective_jobs(options));
  STOWAWAY_TRY_VOID(subject.deliver(looker, options));
  const auto seen = looker.take(places.size());
  std::vector<PatchVerdict> verdicts;
  for (std::size_t place = 0; place < places.size(); ++place) {
    const auto& wanted = places[place].advisories;
    for (std::size_t number = 0; number < inside_->forms.size(); ++number) {
      const Forms& forms = inside_->forms[number];
      if (!wanted.empty() && std::ranges::find(wanted, forms.advisory) == wanted.end()) continue;
      PatchVerdict verdict = patch::verdict_on(forms, number, seen[place]);
      verdict.root = places[place].root;
      verdicts.push_back(std::move(verdict));
    }
  }
  return verdicts;
}

}  // namespace stowaway::advisory
