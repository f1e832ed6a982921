// The terminal: where errors, notes and progress go. stdout belongs to results alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/progress.h"

namespace stowaway::cli {

// One line that moves on a terminal; a plain line every few seconds elsewhere; nothing when quiet.
class ProgressLine final : public ProgressSink {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine() override;
  void advance(std::string_view stage, std::uint64_t done, std::uint64_t total) override;
  // Wipes the moving line, so that something else can be printed.
  void clear();

 private:
  std::mutex guard_;
  bool quiet_, terminal_, shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

void print_error(const Error& error);    // "stowaway: …", control characters escaped
void print_note(std::string_view text);  // to stderr

bool is_terminal(int descriptor);
unsigned terminal_width();  // columns of stdout; 80 when it is no terminal
bool wants_colour(
    std::string_view choice);  // "auto", "always", "never"; NO_COLOR and TERM=dumb obeyed

// Turns SIGINT and SIGTERM into a stop request; a second one ends the process at once. A broken
// pipe ends it quietly. SIGUSR1 makes the next advance() of a ProgressLine print, even when quiet.
std::stop_token stop_on_signals();

// The result: to stdout, or to a file, whole or not at all. Returns false after printing why not.
bool write_result(std::string_view text, const std::string& file);

}  // namespace stowaway::cli
