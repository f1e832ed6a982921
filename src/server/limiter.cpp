#include "server/limiter.h"

#include <algorithm>
#include <cmath>

namespace stowaway::server {

double Limiter::level_of(const Bucket& bucket, Clock::time_point now) const {
  const std::chrono::duration<double> passed = now - bucket.at;
  return std::max(0.0, bucket.filled - passed.count() * per_second_);
}

void Limiter::forget_empty(Clock::time_point now) {
  std::erase_if(buckets_, [&](const auto& item) { return level_of(item.second, now) <= 0; });
}

int Limiter::wait_seconds(const std::string& client, Clock::time_point now) {
  if (per_second_ <= 0) return 0;
  const std::lock_guard lock(guard_);
  if (buckets_.size() >= kMaxClients && !buckets_.contains(client)) {
    forget_empty(now);
    if (buckets_.size() >= kMaxClients) return 1;
  }
  Bucket& bucket = buckets_[client];
  const double level = bucket.at == Clock::time_point{} ? 0 : level_of(bucket, now);
  const bool fits = level + 1 <= burst_;
  bucket = {fits ? level + 1 : level, now};
  return fits ? 0 : std::max(1, static_cast<int>(std::ceil((level + 1 - burst_) / per_second_)));
}

}  // namespace stowaway::server
