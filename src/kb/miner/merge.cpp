#include "kb/miner/merge.h"

#include <algorithm>
#include <tuple>

#include "kb/miner/pack_builder.h"

namespace stowaway::kb {
namespace {

auto words_of(const Pack& pack) {
  std::vector<std::tuple<std::string, std::string, std::string, std::string>> sources;
  for (const PackSource& source : pack.sources)
    sources.emplace_back(source.kind, source.location, source.rule, source.subpath);
  return std::tuple(pack.rank == 0, pack.rank, pack.purl, pack.language, pack.licence, pack.aliases,
                    sources);
}

// What `main` does not say, `other` may.
void complete(Pack& main, const Pack& other) {
  if (main.purl.empty()) main.purl = other.purl;
  if (main.language.empty()) main.language = other.language;
  if (main.licence.empty()) main.licence = other.licence;
  for (const std::string& alias : other.aliases)
    if (std::ranges::find(main.aliases, alias) == main.aliases.end()) main.aliases.push_back(alias);
  for (const PackSource& source : other.sources)
    if (std::ranges::find(main.sources, source) == main.sources.end())
      main.sources.push_back(source);
}

}  // namespace

Result<Pack> merge_packs(std::vector<Pack> packs) {
  if (packs.empty()) return fail(ErrorCode::invalid_argument, "no packs to merge");
  std::ranges::sort(packs, {}, words_of);
  for (std::size_t i = 1; i < packs.size(); ++i) {
    if (packs[i].component != packs.front().component)
      return fail(ErrorCode::invalid_argument,
                  "packs of {} and of {}: only packs of one component can be merged",
                  packs.front().component, packs[i].component);
    complete(packs.front(), packs[i]);
  }
  PackBuilder builder(std::move(packs.front()));
  for (std::size_t i = 1; i < packs.size(); ++i) builder.take_over(std::move(packs[i]));
  return builder.finish();
}

}  // namespace stowaway::kb
