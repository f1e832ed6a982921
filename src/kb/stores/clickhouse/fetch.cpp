#include "kb/stores/clickhouse/fetch.h"

#include <algorithm>

#include "kb/stores/clickhouse/layout.h"
#include "kb/stores/clickhouse/rows.h"

namespace stowaway::kb::clickhouse {
namespace {

constexpr std::size_t kPacksAtOnce = 256;  // bounds one answer: directories may be large

}  // namespace

Result<std::unordered_map<std::uint64_t, std::string>> fetch_texts(Cluster& cluster,
                                                                   std::vector<std::uint64_t> packs,
                                                                   const std::string& query) {
  std::ranges::sort(packs);
  std::unordered_map<std::uint64_t, std::string> texts;
  const auto take = [&](std::string_view answer) -> Result<void> {
    for (RowReader rows(answer); !rows.at_end();) {
      const auto pack = rows.take<std::uint64_t>();
      texts.insert_or_assign(pack, std::string(rows.text()));
      if (!rows.ok()) return fail(ErrorCode::corrupt, "a node's answer makes no sense");
    }
    return {};
  };
  STOWAWAY_TRY_VOID(cluster.ask_for_keys(packs, shard_of, query, take, nullptr, kPacksAtOnce));
  for (const std::uint64_t pack : packs)
    if (!texts.contains(pack))
      return fail(ErrorCode::corrupt, "the cluster says that it has pack {:016x}, and has not",
                  pack);
  return texts;
}

}  // namespace stowaway::kb::clickhouse
