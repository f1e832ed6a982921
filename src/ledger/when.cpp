#include "ledger/when.h"

#include <fmt/format.h>

#include <chrono>

namespace stowaway::ledger {
namespace {

struct Parts {
  std::chrono::year_month_day day;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
  std::chrono::weekday weekday;
};

Parts parts_of(Seconds seconds) {
  const std::chrono::sys_seconds point{std::chrono::seconds{seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  return {std::chrono::year_month_day{day},
          std::chrono::hh_mm_ss<std::chrono::seconds>{point - day}, std::chrono::weekday{day}};
}

std::string clock_text(const Parts& parts) {
  return fmt::format("{:02}:{:02}:{:02}", parts.time.hours().count(), parts.time.minutes().count(),
                     parts.time.seconds().count());
}

}  // namespace

std::string utc_date(Seconds time) {
  const auto day = parts_of(time).day;
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string utc_text(Seconds time) {
  return utc_date(time) + "T" + clock_text(parts_of(time)) + "Z";
}

std::string mail_date(Seconds time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Parts parts = parts_of(time);
  return fmt::format("{}, {:02} {} {:04} {} +0000", kDays[parts.weekday.c_encoding()],
                     static_cast<unsigned>(parts.day.day()),
                     kMonths[static_cast<unsigned>(parts.day.month()) - 1],
                     static_cast<int>(parts.day.year()), clock_text(parts));
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t first, std::size_t count) {
    int value = 0;
    for (std::size_t i = first; i < first + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return false;
  return (std::chrono::year{year} / month / day).ok();
}

}  // namespace stowaway::ledger
