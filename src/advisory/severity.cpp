#include "advisory/severity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/text.h"

namespace stowaway::advisory {
namespace {

using Metrics = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kMaxVectorBytes = 512;  // the longest CVSS 4 vector has fewer than 300

std::optional<Metrics> metrics_of(std::string_view vector) {
  Metrics metrics;
  for (const std::string_view part : split(vector, '/')) {
    const std::size_t colon = part.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == part.size())
      return std::nullopt;
    metrics.emplace(part.substr(0, colon), part.substr(colon + 1));
  }
  return metrics;
}

struct Weight {
  char value;
  double weight;
};

// The weight of a metric's value, or nothing if it is missing or none of these.
template <std::size_t N>
std::optional<double> weight_of(const Metrics& metrics, std::string_view metric,
                                const std::array<Weight, N>& weights) {
  const auto found = metrics.find(metric);
  if (found == metrics.end() || found->second.size() != 1) return std::nullopt;
  for (const Weight& each : weights)
    if (each.value == found->second[0]) return each.weight;
  return std::nullopt;
}

// CVSS 3.1, appendix A: the smallest number with one decimal that is not less, computed on
// integers.
double rounded_up(double score) {
  const auto scaled = static_cast<long>(std::lround(score * 100'000));
  return scaled % 10'000 == 0 ? static_cast<double>(scaled) / 100'000
                              : static_cast<double>(scaled / 10'000 + 1) / 10;
}

std::optional<double> score_3(const Metrics& metrics) {
  static constexpr std::array<Weight, 4> kVector{{{'N', .85}, {'A', .62}, {'L', .55}, {'P', .2}}};
  static constexpr std::array<Weight, 2> kComplexity{{{'L', .77}, {'H', .44}}};
  static constexpr std::array<Weight, 3> kPrivileges{{{'N', .85}, {'L', .62}, {'H', .27}}};
  static constexpr std::array<Weight, 3> kScoped{{{'N', .85}, {'L', .68}, {'H', .5}}};
  static constexpr std::array<Weight, 2> kInteraction{{{'N', .85}, {'R', .62}}};
  static constexpr std::array<Weight, 2> kScope{{{'U', 0}, {'C', 1}}};
  static constexpr std::array<Weight, 3> kImpact{{{'H', .56}, {'L', .22}, {'N', 0}}};
  const auto scope = weight_of(metrics, "S", kScope);
  const bool changed = scope == 1.0;
  const auto av = weight_of(metrics, "AV", kVector), ac = weight_of(metrics, "AC", kComplexity);
  const auto pr = weight_of(metrics, "PR", changed ? kScoped : kPrivileges);
  const auto ui = weight_of(metrics, "UI", kInteraction);
  const auto c = weight_of(metrics, "C", kImpact), i = weight_of(metrics, "I", kImpact),
             a = weight_of(metrics, "A", kImpact);
  if (!scope || !av || !ac || !pr || !ui || !c || !i || !a) return std::nullopt;
  const double base = 1 - (1 - *c) * (1 - *i) * (1 - *a);
  const double impact =
      changed ? 7.52 * (base - 0.029) - 3.25 * std::pow(base - 0.02, 15) : 6.42 * base;
  if (impact <= 0) return 0;
  const double exploitability = 8.22 * *av * *ac * *pr * *ui;
  return rounded_up(std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0));
}

std::optional<double> score_2(const Metrics& metrics) {
  static constexpr std::array<Weight, 3> kVector{{{'L', .395}, {'A', .646}, {'N', 1}}};
  static constexpr std::array<Weight, 3> kComplexity{{{'H', .35}, {'M', .61}, {'L', .71}}};
  static constexpr std::array<Weight, 3> kAuthentication{{{'M', .45}, {'S', .56}, {'N', .704}}};
  static constexpr std::array<Weight, 3> kImpact{{{'N', 0}, {'P', .275}, {'C', .66}}};
  const auto av = weight_of(metrics, "AV", kVector), ac = weight_of(metrics, "AC", kComplexity),
             au = weight_of(metrics, "Au", kAuthentication);
  const auto c = weight_of(metrics, "C", kImpact), i = weight_of(metrics, "I", kImpact),
             a = weight_of(metrics, "A", kImpact);
  if (!av || !ac || !au || !c || !i || !a) return std::nullopt;
  const double impact = 10.41 * (1 - (1 - *c) * (1 - *i) * (1 - *a));
  const double exploitability = 20 * *av * *ac * *au;
  const double score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176);
  return std::max(0.0, std::round(score * 10) / 10);
}

Level level_of(double score, bool version_2) {
  if (score >= 9 && !version_2) return Level::critical;
  if (score >= 7) return Level::high;
  if (score >= 4) return Level::medium;
  return score > 0 || version_2 ? Level::low : Level::none;
}

// 4, 3, 2; 0 for a word or nothing.
int generation(const Rating& rating) {
  if (rating.vector.starts_with("CVSS:4")) return 4;
  if (rating.vector.starts_with("CVSS:3")) return 3;
  return rating.vector.empty() ? 0 : 2;
}

}  // namespace

std::string_view name_of(Level level) {
  switch (level) {
    case Level::unknown: return "unknown";
    case Level::none: return "none";
    case Level::low: return "low";
    case Level::medium: return "medium";
    case Level::high: return "high";
    case Level::critical: return "critical";
  }
  return "unknown";
}

std::optional<Level> level_named(std::string_view word) {
  while (word.ends_with('*')) word.remove_suffix(1);
  const std::string name = to_lower(trimmed(word));
  if (name == "moderate") return Level::medium;
  if (name == "unimportant" || name == "negligible") return Level::low;
  if (name == "important") return Level::high;
  for (const Level level : {Level::none, Level::low, Level::medium, Level::high, Level::critical})
    if (name == name_of(level)) return level;
  return std::nullopt;
}

std::optional<Rating> rating_of(std::string_view vector) {
  vector = trimmed(vector);
  if (vector.size() > kMaxVectorBytes) return std::nullopt;
  if (vector.starts_with('(') && vector.ends_with(')'))
    vector = vector.substr(1, vector.size() - 2);
  const auto metrics = metrics_of(vector);
  if (!metrics) return std::nullopt;
  Rating rating{Level::unknown, -1, std::string(vector)};
  if (vector.starts_with("CVSS:4.")) return rating;
  const bool version_2 = !vector.starts_with("CVSS:");
  if (!version_2 && !vector.starts_with("CVSS:3.")) return std::nullopt;
  const auto score = version_2 ? score_2(*metrics) : score_3(*metrics);
  if (!score) return std::nullopt;
  rating.score = *score;
  rating.level = level_of(*score, version_2);
  return rating;
}

bool weighs_more(const Rating& a, const Rating& b) {
  const bool scored_a = a.score >= 0, scored_b = b.score >= 0;
  if (scored_a != scored_b) return scored_a;
  if (!scored_a && a.level != b.level) return a.level > b.level;
  if (generation(a) != generation(b)) return generation(a) > generation(b);
  if (a.score != b.score) return a.score > b.score;
  return a.vector > b.vector;
}

}  // namespace stowaway::advisory
