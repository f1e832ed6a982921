#include "advisory/store.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "advisory/advisories.h"
#include "advisory/importer.h"
#include "advisory/testing/records.h"

namespace stowaway::advisory {
namespace {

using testing::component;
using testing::record;
using testing::releases;

class StoreFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/store-" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(at(name)).parent_path());
    std::ofstream(at(name), std::ios::binary) << text;
  }
  std::string folder_;
};

std::vector<std::string> ids_about(const Advisories& advisories, const Component& about) {
  std::vector<std::string> ids;
  const auto found = advisories.about(about);
  EXPECT_TRUE(found);
  for (const Advisory& advisory : *found) ids.push_back(advisory.id);
  return ids;
}

TEST_F(StoreFile, records_are_found_by_key_and_name_after_reopening) {
  {
    auto store = Store::open_or_create(at("a.db"));
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(store->put(record("A", {"CVE-1"}, "zlib", {releases("0", "2")})).value(), Put::added);
    EXPECT_EQ(store->put(record("B", {"CVE-2"}, "expat", {releases("0", "2")})).value(),
              Put::added);
  }
  const auto store = Store::open(at("a.db"));
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(store->with_keys(std::vector<std::string>{"name:zlib"})->at(0).id, "A");
  EXPECT_EQ(store->with_names(std::vector<std::string>{"CVE-2", "B"})->size(), 1U);
  EXPECT_EQ(store->info()->records, 2U);
}

TEST_F(StoreFile, the_later_modification_stays_whatever_the_order) {
  Record old_one = record("A", {}, "zlib", {releases("0", "2")}), new_one = old_one;
  new_one.modified = "2026-02-01T00:00:00Z";
  new_one.affected[0].name = "zlib-ng";
  auto first = Store::in_memory("1"), second = Store::in_memory("2");
  EXPECT_EQ(first->put(old_one).value(), Put::added);
  EXPECT_EQ(first->put(new_one).value(), Put::replaced);
  EXPECT_EQ(first->put(old_one).value(), Put::older);
  EXPECT_EQ(first->put(new_one).value(), Put::unchanged);
  EXPECT_EQ(second->put(new_one).value(), Put::added);
  EXPECT_EQ(second->put(old_one).value(), Put::older);
  EXPECT_EQ(first->info()->id, second->info()->id);
  EXPECT_TRUE(first->with_keys(std::vector<std::string>{"name:zlib"})->empty());
}

TEST_F(StoreFile, what_is_not_committed_is_not_there) {
  {
    auto store = Store::open_or_create(at("a.db"));
    ASSERT_TRUE(store->begin());
    ASSERT_TRUE(store->put(record("A", {}, "zlib", {})));
  }
  EXPECT_EQ(Store::open(at("a.db"))->info()->records, 0U);
}

TEST_F(StoreFile, another_database_and_another_layout_are_refused) {
  write("text.db", "no database at all, but long enough to be read as the head of one ......");
  EXPECT_EQ(Store::open(at("text.db")).error().code, ErrorCode::corrupt);
  EXPECT_EQ(Store::open(at("none.db")).error().code, ErrorCode::not_found);
  std::filesystem::copy_file(at("text.db"), at("other.db"));
  EXPECT_EQ(Store::open_or_create(at("other.db")).error().code, ErrorCode::corrupt);
}

TEST_F(StoreFile, several_stores_are_one_and_relatives_are_found) {
  auto mine = Store::in_memory("mine"), starter = Store::in_memory("starter");
  ASSERT_TRUE(starter->put(record("ECA-zlib-CVE-1", {"CVE-1"}, "zlib", {releases("0", "2")})));
  // Says nothing of zlib itself, but shares the name; found through it.
  Record rated = record("GHSA-1", {"CVE-1"}, "other", {});
  rated.ratings = {{Level::critical, 9.8, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}};
  ASSERT_TRUE(mine->put(rated));
  Advisories advisories;
  advisories.add(*std::move(starter));
  advisories.add(*std::move(mine));
  const auto found = advisories.about(component("zlib"));
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->at(0).rating.level, Level::critical);
  EXPECT_EQ(found->at(0).records.size(), 2U);
  EXPECT_EQ(advisories.named("GHSA-1").value()->id, "CVE-1");
  EXPECT_FALSE(advisories.named("CVE-2").value());
  EXPECT_TRUE(ids_about(advisories, component("png")).empty());
}

TEST_F(StoreFile, an_update_about_many_does_not_bring_in_the_others) {
  auto store = Store::in_memory("s");
  ASSERT_TRUE(store->put(record("R1", {"CVE-1"}, "zlib", {releases("0", "2")})));
  ASSERT_TRUE(store->put(record("R2", {"CVE-2"}, "png", {releases("0", "2")})));
  Record update = record("DSA-1", {"CVE-1", "CVE-2"}, "", {});
  update.affected.clear();
  ASSERT_TRUE(store->put(update));
  Advisories advisories;
  advisories.add(*std::move(store));
  EXPECT_EQ(ids_about(advisories, component("zlib")), std::vector<std::string>{"CVE-1"});
}

constexpr const char* kA =
    R"({"id": "A", "affected": [{"package": {"ecosystem": "Upstream", "name": "a"}}]})";
constexpr const char* kB = R"({"id": "B", "withdrawn": "2025-01-01T00:00:00Z"})";

TEST_F(StoreFile, directories_files_and_lines_are_imported) {
  write("in/x/A.json", kA);
  write("in/B.JSON", kB);
  write("in/notes.txt", "not looked at");
  write("in/bad.json", "{\"id\": ");
  write("lines.jsonl", std::string(kA) + "\n" + "{\"id\": \"C\"}\n");
  auto store = Store::in_memory("s");
  auto count = import_osv(at("in"), *store, {});
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(count->added, 2U);
  EXPECT_EQ(count->withdrawn, 1U);
  ASSERT_EQ(count->complaints.size(), 1U);
  EXPECT_NE(count->complaints[0].message.find("bad.json"), std::string::npos);
  count = import_osv(at("lines.jsonl"), *store, {});
  ASSERT_TRUE(count);
  EXPECT_EQ(count->unchanged, 1U);
  EXPECT_EQ(count->added, 1U);
}

TEST_F(StoreFile, a_failed_import_leaves_the_store_as_it_was) {
  write("in/A.txt", kA);
  auto store = Store::open_or_create(at("a.db"));
  ASSERT_TRUE(store->put(record("Z", {}, "z", {})));
  const auto count = import_osv(at("in"), *store, {});
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::corrupt);
  EXPECT_EQ(import_osv(at("none"), *store, {}).error().code, ErrorCode::not_found);
  EXPECT_EQ(store->info()->records, 1U);
}

TEST_F(StoreFile, zip_dumps_are_imported) {
  archive* out = archive_write_new();
  archive_write_set_format_zip(out);
  ASSERT_EQ(archive_write_open_filename(out, at("all.zip").c_str()), ARCHIVE_OK);
  for (const auto& [name, text] : {std::pair{"A.json", kA}, std::pair{"B.json", kB}}) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_size(entry, static_cast<la_int64_t>(std::string(text).size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    ASSERT_EQ(archive_write_header(out, entry), ARCHIVE_OK);
    ASSERT_GT(archive_write_data(out, text, std::string(text).size()), 0);
    archive_entry_free(entry);
  }
  archive_write_free(out);
  auto store = Store::in_memory("s");
  const auto count = import_osv(at("all.zip"), *store, {});
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(count->records, 2U);
}

TEST_F(StoreFile, a_new_dump_of_the_tracker_replaces_the_old_one) {
  const auto dump = [](const std::string& fixed) {
    return R"({"zlib": {"CVE-1": {"releases": {"sid": {"status": "resolved", "fixed_version": ")" +
           fixed + R"("}}}}})";
  };
  write("old.json", R"({"gone": {"CVE-9": {"releases": {"sid": {"status": "open"}}}}})");
  write("new.json", dump("1.2-3"));
  auto store = Store::in_memory("s");
  ASSERT_TRUE(store->put(record("A", {}, "a", {})));
  ASSERT_TRUE(import_debian_tracker(at("old.json"), *store, {}));
  const auto count = import_debian_tracker(at("new.json"), *store, {});
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(store->info()->records, 2U);
  EXPECT_TRUE(store->with_names(std::vector<std::string>{"CVE-9"})->empty());
  EXPECT_EQ(store->with_keys(std::vector<std::string>{"deb:zlib"})->size(), 1U);
}

}  // namespace
}  // namespace stowaway::advisory
