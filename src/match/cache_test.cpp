#include "match/cache.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <limits>
#include <random>
#include <thread>

#include "kb/index/build.h"
#include "match/testing/synthetic.h"

namespace stowaway::match {
namespace {

using kb::testing::read_file;
using kb::testing::TempDir;
using testing::Random;
using testing::Tree;
namespace fs = std::filesystem;

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

source::FileStamp stamp(std::uint64_t inode) {
  return {1, inode, 1000 + inode, 5 * kSecond, 6 * kSecond};
}

ScannedFile some_file(unsigned seed) {
  Random random(seed);
  ScannedFile file;
  file.path = "d/" + random.word() + std::to_string(seed) + ".c";
  file.size_bytes = 1000 + seed;
  file.normalised_bytes = 900 + seed;
  file.role = static_cast<fingerprint::FileRole>(seed % 5);
  file.contents = {seed, seed + seed % 3};
  file.exact = seed % 3 == 1;
  for (unsigned i = 0; i < seed % 4; ++i)
    file.resembles.push_back({seed + i, i, 0.25 * i, 1.0 / (i + 3), 7 * i,
                              std::vector<std::uint16_t>(i, 9), 0.1 * i, 0.5,
                              std::vector<float>(i / 2, 1.5F)});
  for (unsigned i = 0; i < seed % 3; ++i)
    file.statements.push_back({random.word(), "1." + std::to_string(i), i == 0 ? "" : "macro"});
  return file;
}

std::string text_of(const std::vector<Statement>& statements) {
  std::string out;
  for (const Statement& one : statements)
    out += fmt::format(" <{}|{}|{}>", one.name, one.version, one.method);
  return out;
}

std::string text_of(const ScannedFile& file) {
  std::string out =
      fmt::format("{} {} {} {} {}-{} {}", file.path, file.size_bytes, file.normalised_bytes,
                  static_cast<int>(file.role), file.contents.first, file.contents.end, file.exact);
  for (const Resemblance& one : file.resembles)
    out += fmt::format(" [{} {} {} {} {} {} {} {} {}]", one.path, one.best_version,
                       one.contained_ratio, one.explained_ratio, one.matched,
                       fmt::join(one.matched_per_version, ","), one.explained_by_component,
                       one.apart_ratio, fmt::join(one.windows_per_release, ","));
  return out + text_of(file.statements);
}

std::string text_of(const Learned& learned) {
  return (learned.file ? text_of(*learned.file) : "") + " / " +
         (learned.manifest ? learned.manifest->path + text_of(learned.manifest->statements) : "");
}

std::vector<std::byte> record_of(const ScannedFile& file, const source::FileStamp& of) {
  std::vector<std::byte> bytes;
  append_record(file.path, of, &file, nullptr, bytes);
  return bytes;
}

// --- records ---

TEST(CacheRecord, gives_back_what_was_learned) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    ScannedFile file = some_file(seed);
    const Manifest manifest{file.path, {{"a", "1", "package.json"}, {"", "2", "x"}}};
    for (const bool with_file : {false, true})
      for (const bool with_manifest : {false, true}) {
        std::vector<std::byte> bytes(8);  // there may be something before it
        append_record(file.path, stamp(seed), with_file ? &file : nullptr,
                      with_manifest ? &manifest : nullptr, bytes);
        const auto record = record_at(std::span(bytes).subspan(8));
        ASSERT_TRUE(record);
        EXPECT_EQ(record->record_bytes, bytes.size() - 8);
        EXPECT_EQ(path_of(*record, std::span(bytes).subspan(8)), file.path);
        EXPECT_TRUE(record->stamp == stamp(seed));
        const auto learned = decode_learned(*record, std::span(bytes).subspan(8));
        ASSERT_TRUE(learned);
        Learned expected;
        if (with_file) expected.file = file;
        if (with_file) expected.file->size_bytes = stamp(seed).size_bytes;
        if (with_manifest) expected.manifest = manifest;
        EXPECT_EQ(text_of(*learned), text_of(expected));
      }
  }
}

TEST(CacheRecord, that_is_damaged_is_refused_or_harmless) {
  std::mt19937_64 random(3);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = record_of(some_file(static_cast<unsigned>(round % 40)), stamp(1));
    bytes.resize(random() % 3 == 0 ? random() % bytes.size() : bytes.size());
    for (int hits = 0; hits < 3 && !bytes.empty(); ++hits)
      bytes[random() % bytes.size()] = static_cast<std::byte>(random());
    const auto record = record_at(bytes);
    if (!record || !decode_learned(*record, bytes)) ++refused;
  }
  EXPECT_GT(refused, 1000);
}

// --- the file ---

class CacheFile : public ::testing::Test {
 protected:
  CacheOptions options(std::string key = "key") const {
    CacheOptions options;
    options.file = dir_.file("tree.scan");
    options.key = std::move(key);
    options.now_ns = 100 * kSecond;
    return options;
  }
  // A cache of files 0 … count-1, each with the stamp of its number.
  void fill(unsigned count) const {
    std::vector<std::vector<std::byte>> learned(3);
    for (unsigned i = 0; i < count; ++i) {
      const auto bytes = record_of(some_file(i), stamp(i));
      learned[i % 3].insert(learned[i % 3].end(), bytes.begin(), bytes.end());
    }
    Cache(options()).save(learned);
  }
  std::uint64_t inode() const {
    struct stat status {};
    ::stat(options().file.c_str(), &status);
    return status.st_ino;
  }
  TempDir dir_;
};

TEST_F(CacheFile, recalls_what_has_the_same_path_and_stamp) {
  fill(300);
  const Cache cache(options());
  EXPECT_TRUE(cache.has_records());
  for (unsigned i = 0; i < 300; ++i) {
    const auto learned = cache.recall(some_file(i).path, stamp(i));
    ASSERT_TRUE(learned) << i;
    EXPECT_EQ(text_of(*learned->file), text_of(some_file(i)));
  }
  EXPECT_FALSE(cache.recall("d/other.c", stamp(1)));
  EXPECT_FALSE(cache.recall("", stamp(1)));
}

TEST_F(CacheFile, nothing_of_the_stamp_may_differ) {
  fill(5);
  const Cache cache(options());
  const std::string path = some_file(3).path;
  for (int member = 0; member < 5; ++member) {
    source::FileStamp other = stamp(3);
    switch (member) {
      case 0: ++other.device; break;
      case 1: ++other.inode; break;
      case 2: ++other.size_bytes; break;
      case 3: ++other.modified_ns; break;
      default: --other.changed_ns; break;
    }
    EXPECT_FALSE(cache.recall(path, other)) << member;
  }
  EXPECT_TRUE(cache.recall(path, stamp(3)));
}

TEST_F(CacheFile, of_another_key_is_as_if_it_were_not_there) {
  EXPECT_FALSE(Cache(options()).has_records());
  fill(5);
  EXPECT_FALSE(Cache(options("another program")).has_records());
  EXPECT_TRUE(Cache(options()).has_records());
  EXPECT_FALSE(Cache(CacheOptions{}).has_records());
}

TEST_F(CacheFile, damaged_anywhere_is_as_if_it_were_not_there) {
  fill(3);
  const std::string good = read_file(options().file);
  for (std::size_t at = 0; at < good.size(); at += 1 + at / 64) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    dir_.write("tree.scan", bytes);
    EXPECT_FALSE(Cache(options()).has_records()) << at;
    dir_.write("tree.scan", good.substr(0, at));
    EXPECT_FALSE(Cache(options()).has_records()) << at;
  }
  dir_.write("tree.scan", good + "x");
  EXPECT_FALSE(Cache(options()).has_records());
  dir_.write("tree.scan", good);
  EXPECT_TRUE(Cache(options()).has_records());
}

TEST_F(CacheFile, of_somebody_else_is_not_believed) {
  fill(3);
  if (::chown(options().file.c_str(), 12345, 12345) != 0)
    GTEST_SKIP() << "only root can give files away";
  EXPECT_FALSE(Cache(options()).has_records());
  fs::rename(options().file, dir_.file("elsewhere"));
  ASSERT_EQ(::chown(dir_.file("elsewhere").c_str(), ::geteuid(), ::getegid()), 0);
  fs::create_symlink("elsewhere", options().file);
  EXPECT_FALSE(Cache(options()).has_records()) << "a link leads anywhere";
}

TEST_F(CacheFile, what_changed_just_now_is_not_kept) {
  const Cache cache(options());  // it is second 100
  source::FileStamp of = stamp(1);
  EXPECT_TRUE(cache.may_keep(of));
  of.changed_ns = 97 * kSecond;
  EXPECT_TRUE(cache.may_keep(of));
  of.changed_ns = 99 * kSecond;
  EXPECT_FALSE(cache.may_keep(of));
  of = stamp(1);
  of.modified_ns = 200 * kSecond;  // in the future: another clock, or a joke
  EXPECT_FALSE(cache.may_keep(of));
  CacheOptions none = options();
  none.file.clear();
  EXPECT_FALSE(Cache(none).may_keep(stamp(1))) << "without a file";
}

TEST_F(CacheFile, is_written_again_only_when_something_differs) {
  fill(10);
  const std::uint64_t first = inode();
  const std::string keeper = dir_.file("keeper");  // so that the inode's number is not used again
  fs::create_hard_link(options().file, keeper);
  {
    const Cache cache(options());
    for (unsigned i = 0; i < 10; ++i) EXPECT_TRUE(cache.recall(some_file(i).path, stamp(i)));
    cache.save({{}, {}});
  }
  EXPECT_EQ(inode(), first);
  {
    const Cache cache(options());  // file 4 is gone, file 11 is new
    for (const unsigned i : {0, 1, 2, 3, 5, 6, 7, 8, 9})
      EXPECT_TRUE(cache.recall(some_file(i).path, stamp(i)));
    cache.save({record_of(some_file(11), stamp(11))});
  }
  EXPECT_NE(inode(), first);
  const Cache cache(options());
  for (unsigned i = 0; i < 12; ++i)
    EXPECT_EQ(cache.recall(some_file(i).path, stamp(i)).has_value(), i != 4 && i != 10) << i;
}

TEST_F(CacheFile, that_cannot_be_written_is_not_written) {
  CacheOptions nowhere = options();
  nowhere.file = "/no/such/directory/x.scan";
  const Cache cache(nowhere);
  cache.save({record_of(some_file(1), stamp(1))});
  EXPECT_FALSE(cache.has_records());
}

TEST_F(CacheFile, files_of_other_trees_make_room) {
  for (int i = 0; i < 6; ++i) {
    dir_.write(fmt::format("{}.scan", i), std::string(1000, 'x'));
    fs::last_write_time(dir_.file(fmt::format("{}.scan", i)),
                        fs::file_time_type::clock::now() - std::chrono::hours(10 - i));
  }
  dir_.write("not-ours", std::string(5000, 'x'));
  CacheOptions small = options();
  small.most_files = 4;
  Cache(small).save({record_of(some_file(1), stamp(1))});
  const auto left = [&] {
    std::string names;
    for (int i = 0; i < 6; ++i)
      if (fs::exists(dir_.file(fmt::format("{}.scan", i)))) names += std::to_string(i);
    return names;
  };
  EXPECT_EQ(left(), "345");
  small.most_bytes = 1500;
  Cache(small).save({record_of(some_file(2), stamp(2))});
  EXPECT_EQ(left(), "5");
  EXPECT_TRUE(fs::exists(dir_.file("not-ours")));
  EXPECT_TRUE(Cache(options()).has_records()) << "its own stays";
}

TEST_F(CacheFile, of_scans_at_the_same_time_the_last_stays_whole) {
  std::vector<std::thread> scans;
  for (unsigned scan = 0; scan < 4; ++scan)
    scans.emplace_back([&, scan] {
      for (unsigned round = 0; round < 20; ++round) {
        const Cache cache(options());
        std::vector<std::byte> records;
        for (unsigned i = 0; i < 50; ++i)
          append_record(some_file(i).path, stamp(scan * 100 + round), nullptr, nullptr, records);
        cache.save({records});
      }
    });
  for (std::thread& scan : scans) scan.join();
  EXPECT_TRUE(Cache(options()).has_records());
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), {}), 1) << "nothing else is left";
}

// --- scans ---

class Rescan : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new World;
    world_->releases = testing::make_releases(1, 12, 4);
    const auto count = kb::build_index({kb::testing::pack_of("brolith", world_->releases)},
                                       world_->dir.file("kb"), nullptr);
    ASSERT_TRUE(count) << count.error().message;
    auto kb = kb::Kb::open(world_->dir.file("kb"));
    ASSERT_TRUE(kb);
    world_->kb.emplace(*std::move(kb));
  }
  static void TearDownTestSuite() { delete world_; }

  Rescan() {
    Random random(8);
    Tree tree = testing::make_program(3, 20, "app/");
    for (const auto& [path, text] : world_->releases[1].files)
      tree["deps/brolith/" + path] =
          random.below(3) == 0 ? testing::with_changed_lines(text, 0.2, random) : text;
    tree["deps/brolith/package.json"] = R"({"name": "brolith", "version": "1.1.0"})";
    tree["app/version.h"] = "#define APP_VERSION \"3.2.1\"\n" + std::string(100, '\n');
    tree["app/empty.c"] = "";
    tree["README"] = "nothing\n";
    for (const auto& [path, text] : tree) dir_.write("tree/" + path, text);
  }

  std::string root() const { return dir_.file("tree"); }
  CacheOptions cache() const {
    CacheOptions options;
    options.file = dir_.file("tree.scan");
    options.key = "key";
    options.now_ns = now_ns() + 10 * kSecond;  // so that files of just now are old
    return options;
  }
  std::string collected(const CacheOptions& cache, unsigned jobs = 2) const {
    const auto subject = source::open_subject(root());
    EXPECT_TRUE(subject);
    source::Options options;
    options.jobs = jobs;
    const auto all = collect(**subject, *world_->kb, options, true, cache);
    EXPECT_TRUE(all);
    std::string out;
    for (const ScannedFile& file : all->files) out += text_of(file) + "\n";
    for (const Manifest& manifest : all->manifests)
      out += manifest.path + text_of(manifest.statements) + "\n";
    for (const source::Gap& gap : all->gaps) out += gap.path + " " + gap.detail + "\n";
    const source::Summary& sum = all->summary;
    return out + fmt::format("{} {} {} {} {} {} {}", sum.files, sum.passed_over, sum.bytes,
                             sum.links, sum.archives, sum.gaps, sum.newest);
  }
  // With the cache as without it, twice.
  void expect_same(const std::string& what) const {
    const std::string expected = collected({});
    EXPECT_EQ(collected(cache()), expected) << what;
    EXPECT_EQ(collected(cache(), 1), expected) << what << ", again";
  }

  struct World {
    TempDir dir;
    std::vector<testing::TestRelease> releases;
    std::optional<kb::Kb> kb;
  };
  static World* world_;
  TempDir dir_;
};
Rescan::World* Rescan::world_ = nullptr;

TEST_F(Rescan, of_an_unchanged_tree_gives_the_same) {
  expect_same("at first");
  EXPECT_GT(fs::file_size(cache().file), 1000U);
}

TEST_F(Rescan, does_not_read_what_it_knows) {
  collected(cache());
  // A record that says something else of a file: it is believed.
  const std::string path = "app/version.h";
  struct stat status {};
  ASSERT_EQ(::stat((root() + "/" + path).c_str(), &status), 0);
  const source::FileStamp of{status.st_dev, status.st_ino,
                             static_cast<std::uint64_t>(status.st_size),
                             status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec,
                             status.st_ctim.tv_sec * kSecond + status.st_ctim.tv_nsec};
  ScannedFile other;
  other.path = path;
  other.normalised_bytes = 20;
  other.statements = {{"MARK", "9.9", "macro"}};
  {
    const Cache all(cache());
    ASSERT_TRUE(all.recall(path, of)) << "the stamp is that of the directory";
    all.save({});  // only that one is left …
    const Cache rest(cache());
    rest.save({record_of(other, of)});  // … and then another one of it
  }
  EXPECT_NE(collected(cache()).find("<MARK|9.9|macro>"), std::string::npos);
  EXPECT_EQ(collected({}).find("<MARK|9.9|macro>"), std::string::npos);
}

// Sound bytes that say what this KB cannot have said.
TEST_F(Rescan, does_not_believe_what_the_kb_cannot_have_said) {
  const std::string expected = collected({});
  collected(cache());
  const std::string path = "app/version.h";
  struct stat status {};
  ASSERT_EQ(::stat((root() + "/" + path).c_str(), &status), 0);
  const auto ns = [](const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; };
  const source::FileStamp of{status.st_dev, status.st_ino,
                             static_cast<std::uint64_t>(status.st_size), ns(status.st_mtim),
                             ns(status.st_ctim)};
  const kb::Kb& kb = *world_->kb;
  const std::uint32_t versions = kb.path(0).file_versions.size();
  const Resemblance sound{0, 0, 0.5, 0.5, 9, std::vector<std::uint16_t>(versions), 0.5, 0.5, {}};
  std::vector<ScannedFile> lies(8);
  lies[0].contents = {0, kb.content_count() + 1};
  lies[1].contents = {0, 2};
  lies[1].exact = true;
  for (std::size_t i = 2; i < 8; ++i) lies[i].resembles = {sound};
  lies[2].resembles[0].path = kb.path_count();
  lies[3].resembles[0].best_version = versions;
  lies[4].resembles[0].matched_per_version.clear();
  lies[5].resembles[0].windows_per_release = {1, 2};
  lies[6].resembles[0].contained_ratio = std::numeric_limits<double>::quiet_NaN();
  lies[7].resembles.assign(300, sound);
  for (std::size_t i = 0; i < lies.size(); ++i) {
    lies[i].path = path;
    EXPECT_FALSE(fits({lies[i], {}}, kb)) << i;
    fs::remove(cache().file);
    Cache(cache()).save({record_of(lies[i], of)});
    EXPECT_EQ(collected(cache()), expected) << i;
    const auto size = fs::file_size(cache().file);
    EXPECT_EQ(collected(cache()), expected) << i;
    EXPECT_EQ(fs::file_size(cache().file), size) << "the lie is gone";
  }
  ScannedFile truth;
  truth.path = path;
  truth.resembles = {sound};
  EXPECT_TRUE(fits({truth, {}}, kb));
}

TEST_F(Rescan, sees_every_change) {
  expect_same("at first");
  const std::string file = root() + "/app/version.h";
  const auto time = fs::last_write_time(file);
  std::string text = read_file(file);

  text.replace(text.find("3.2.1"), 5, "3.2.2");
  dir_.write("tree/app/version.h", text);
  fs::last_write_time(file, time);
  expect_same("same size, and the time set back");

  text.replace(text.find("3.2.2"), 5, "3.2.3");
  dir_.write("tree/other", text);
  fs::last_write_time(root() + "/other", time);
  fs::rename(root() + "/other", file);
  expect_same("replaced by a file of the same size and time");

  fs::remove(file);
  expect_same("removed");
  dir_.write("tree/app/new.h", text);
  expect_same("added");
  fs::rename(root() + "/app/new.h", root() + "/new.h");
  expect_same("moved");
  fs::create_symlink("new.h", root() + "/link.h");
  expect_same("a link");
  fs::remove(root() + "/new.h");
  fs::create_directory(root() + "/new.h");
  dir_.write("tree/new.h/a.c", text);
  expect_same("a directory in place of a file");
  fs::remove_all(root() + "/deps");
  expect_same("most removed");
  dir_.write("tree.scan", "nonsense");
  expect_same("a cache that is none");
}

TEST_F(Rescan, files_of_just_now_are_read_again) {
  CacheOptions at_once = cache();
  at_once.now_ns = now_ns();
  const std::string expected = collected({});
  EXPECT_EQ(collected(at_once), expected);
  EXPECT_FALSE(Cache(cache()).has_records());
  EXPECT_EQ(collected(at_once), expected);
}

TEST_F(Rescan, limits_hold_for_what_is_known_too) {
  collected(cache());
  const auto subject = source::open_subject(root());
  source::Options options;
  options.jobs = 1;
  options.limits.max_file_bytes = 500;
  const auto with = collect(**subject, *world_->kb, options, true, cache());
  const auto without = collect(**subject, *world_->kb, options, true, {});
  ASSERT_TRUE(with && without);
  EXPECT_GT(without->gaps.size(), 0U);
  EXPECT_EQ(with->gaps.size(), without->gaps.size());
  EXPECT_EQ(with->files.size(), without->files.size());
}

}  // namespace
}  // namespace stowaway::match
