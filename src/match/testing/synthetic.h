// Made-up components and subjects: code that nobody wrote, the same on every machine, changed as
// copies are changed. For tests only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "kb/testing/support.h"
#include "source/source.h"

namespace stowaway::match::testing {

using kb::testing::TestRelease;
using kb::testing::Tree;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  std::string word() {
    std::string out;
    for (auto n = 3 + below(8); n > 0; --n) out.push_back(static_cast<char>('a' + below(26)));
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

using Lines = std::vector<std::string>;

inline std::string code_line(Random& random) {
  const auto w = [&] { return random.word(); };
  switch (random.below(6)) {
    case 0:
      return "    int " + w() + " = " + w() + "(" + w() + ", " +
             std::to_string(random.below(100'000)) + ");";
    case 1: return "    if (" + w() + "->" + w() + " > " + w() + ") return " + w() + ";";
    case 2:
      return "    while (*" + w() + " != '" + w().substr(0, 1) + "') " + w() + " += *" + w() +
             "++;";
    case 3:
      return "    " + w() + "[" + w() + " & 0x" + std::to_string(random.below(9999)) +
             "] ^= " + w() + ";";
    case 4: return "    " + w() + "(" + w() + ", \"" + w() + " " + w() + "\");  // " + w();
    default:
      return "    for (" + w() + " = 0; " + w() + " < " + w() + "; ++" + w() + ") " + w() + "();";
  }
}

inline Lines code_lines(Random& random, std::size_t count) {
  Lines out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(i % 20 == 0    ? "int " + random.word() + "(void *" + random.word() + ") {"
                  : i % 20 == 19 ? "}"
                                 : code_line(random));
  return out;
}

inline constexpr std::string_view kLicence =
    "/*\n * Copyright (C) the authors. Use it as you like.\n */\n\n";

inline std::string text_of(const Lines& lines) {
  std::string out(kLicence);
  for (const std::string& line : lines) out += line + '\n';
  return out;
}

inline Lines lines_of(std::string_view text) {
  Lines out;
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;
       text.remove_prefix(end + 1))
    out.emplace_back(text.substr(0, end));
  if (!text.empty()) out.emplace_back(text);
  return out;
}

// Each release changes a third of the files in a few places, sometimes adds one, sometimes drops
// one.
inline std::vector<TestRelease> make_releases(std::uint64_t seed, std::size_t files,
                                              std::size_t count) {
  Random random(seed);
  std::map<std::string, Lines> now;
  const auto add = [&] {
    const std::string folder = random.below(3) == 0 ? "include/" : "src/";
    now[folder + random.word() + random.word() + (folder == "src/" ? ".c" : ".h")] =
        code_lines(random, 60 + random.below(200));
  };
  while (now.size() < files) add();
  std::vector<TestRelease> out;
  for (std::size_t r = 0; r < count; ++r) {
    if (r > 0) {
      for (auto& [name, lines] : now)
        if (random.below(3) == 0)
          for (std::size_t n = 1 + lines.size() / 12; n > 0; --n)
            lines[random.below(lines.size())] = code_line(random);
      if (random.below(2) == 0) add();
      if (random.below(4) == 0)
        now.erase(std::next(now.begin(), static_cast<std::ptrdiff_t>(random.below(now.size()))));
    }
    TestRelease release{
        "1." + std::to_string(r) + ".0", "20" + std::to_string(10 + r) + "-06-01", {}};
    for (const auto& [name, lines] : now) release.files[name] = text_of(lines);
    out.push_back(std::move(release));
  }
  return out;
}

// Files of a program that has nothing to do with any component.
inline Tree make_program(std::uint64_t seed, std::size_t files, const std::string& folder) {
  Random random(seed ^ 0xABCDEF);
  Tree out;
  while (out.size() < files)
    out[folder + random.word() + "/" + random.word() + ".c"] =
        text_of(code_lines(random, 40 + random.below(150)));
  return out;
}

// --- what happens to copies ---

inline Tree moved(const Tree& tree, const std::string& folder) {
  Tree out;
  for (const auto& [path, content] : tree) out[folder + path] = content;
  return out;
}

inline Tree joined(Tree a, const Tree& b) {
  a.insert(b.begin(), b.end());
  return a;
}

template <class F>
Tree each_file(const Tree& tree, F change) {
  Tree out;
  for (const auto& [path, content] : tree) out[path] = change(content);
  return out;
}

inline Tree halved(const Tree& tree, Random& random) {
  std::vector<std::string> names;
  for (const auto& [path, content] : tree) names.push_back(path);
  while (names.size() > (tree.size() + 1) / 2)
    names.erase(names.begin() + static_cast<std::ptrdiff_t>(random.below(names.size())));
  Tree out;
  for (const std::string& name : names) out[name] = tree.at(name);
  return out;
}

inline std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out.append(c == '\n' ? "\r\n" : std::string(1, c));
  return out;
}

inline std::string reindented(const std::string& text) {
  std::string out;
  for (const std::string& line : lines_of(text)) {
    const std::size_t first = line.find_first_not_of(' ');
    out += first == std::string::npos ? "" : "\t" + line.substr(first);
    out += "\n\n";
  }
  return out;
}

inline std::string with_other_licence(const std::string& text) {
  return "// SPDX-License-Identifier: MIT\n// Imported by us.\n" + text.substr(kLicence.size());
}

// Replaces this share of the lines, the licence's aside.
inline std::string with_changed_lines(const std::string& text, double ratio, Random& random) {
  Lines lines = lines_of(text.substr(kLicence.size()));
  std::vector<std::size_t> order(lines.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  const auto changed =
      std::max<std::size_t>(1, static_cast<std::size_t>(ratio * static_cast<double>(lines.size())));
  for (std::size_t i = 0; i < changed; ++i) lines[order[i]] = code_line(random);
  return text_of(lines);
}

// --- subjects ---

// A tree in memory, handed out by as many threads as options.jobs says; or only the MD5s of its
// files.
class MemorySource final : public source::Source {
 public:
  explicit MemorySource(Tree tree, bool only_md5 = false)
      : tree_(std::move(tree)), only_md5_(only_md5) {}
  std::string_view kind() const override { return only_md5_ ? "md5-list" : "directory"; }
  Result<source::Summary> deliver(source::Sink& sink, const source::Options& options) override {
    const unsigned jobs = source::effective_jobs(options);
    std::vector<const Tree::value_type*> files;
    for (const auto& file : tree_) files.push_back(&file);
    const auto work = [&](unsigned worker) {
      for (std::size_t i = worker; i < files.size(); i += jobs) {
        const auto bytes = fingerprint::as_bytes(files[i]->second);
        if (only_md5_)
          sink.on_identity(worker, files[i]->first, fingerprint::md5_of(bytes));
        else
          sink.on_file(worker, {files[i]->first, bytes});
      }
    };
    std::vector<std::thread> threads;
    for (unsigned worker = 0; worker < jobs; ++worker) threads.emplace_back(work, worker);
    for (std::thread& thread : threads) thread.join();
    source::Summary summary;
    summary.files = files.size();
    return summary;
  }

 private:
  Tree tree_;
  bool only_md5_;
};

}  // namespace stowaway::match::testing
