#include "server/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace stowaway::server {

void Metrics::count(const std::string& route, int status, double seconds) {
  const std::lock_guard lock(guard_);
  Series& series = series_[{route, status}];
  const auto bucket = std::ranges::lower_bound(kBounds, seconds) - kBounds.begin();
  ++series.buckets[static_cast<std::size_t>(bucket)];
  series.seconds += seconds;
  ++series.requests;
}

void Metrics::count_identified(std::uint64_t files) { files_ += files; }

std::string Metrics::text() const {
  const std::lock_guard lock(guard_);
  std::string out =
      "# HELP stowaway_request_seconds Time from a request's first byte to its answer.\n"
      "# TYPE stowaway_request_seconds histogram\n";
  for (const auto& [key, series] : series_) {
    const std::string labels = fmt::format("route=\"{}\",status=\"{}\"", key.first, key.second);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < kBounds.size(); ++i)
      out += fmt::format("stowaway_request_seconds_bucket{{{},le=\"{}\"}} {}\n", labels, kBounds[i],
                         below += series.buckets[i]);
    out += fmt::format(
        "stowaway_request_seconds_bucket{{{0},le=\"+Inf\"}} "
        "{1}\nstowaway_request_seconds_sum{{{0}}} "
        "{2}\nstowaway_request_seconds_count{{{0}}} {1}\n",
        labels, series.requests, series.seconds);
  }
  out += fmt::format(
      "# HELP stowaway_identified_files_total Files whose fingerprints were matched.\n"
      "# TYPE stowaway_identified_files_total counter\n"
      "stowaway_identified_files_total {}\n",
      files_.load());
  return out;
}

}  // namespace stowaway::server
