// Counters of a server, as Prometheus reads them (text format 0.0.4). Safe from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "server/http_server.h"

namespace stowaway::server {

class Metrics {
 public:
  // `route`: the pattern that answered, never a path as it came: that could be anything.
  void count(const std::string& route, int status, double seconds);
  void count_identified(std::uint64_t files);
  std::string text() const;

 private:
  static constexpr std::array<double, 8> kBounds{0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60};
  struct Series {
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    double seconds = 0;
    std::uint64_t requests = 0;
  };
  mutable std::mutex guard_;
  std::map<std::pair<std::string, int>, Series> series_;
  std::atomic<std::uint64_t> files_ = 0;
};

}  // namespace stowaway::server
