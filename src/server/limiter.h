// How often a client may ask: a bucket of tokens for each (leaky bucket as a meter, ITU-T I.371).
// Safe from any thread; memory is bounded.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

namespace stowaway::server {

class Limiter {
 public:
  using Clock = std::chrono::steady_clock;
  // So many requests a second, and so many at once; 0 a second: no limit.
  Limiter(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  // 0: go on; else the seconds after which to try again.
  int wait_seconds(const std::string& client, Clock::time_point now);

 private:
  static constexpr std::size_t kMaxClients = 100'000;
  struct Bucket {
    double filled = 0;
    Clock::time_point at{};
  };
  void forget_empty(Clock::time_point now);
  double level_of(const Bucket& bucket, Clock::time_point now) const;

  double per_second_, burst_;
  std::mutex guard_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace stowaway::server
