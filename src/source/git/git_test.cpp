#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/git/handles.h"
#include "source/testing/support.h"

namespace stowaway::source {
namespace {

using testing::CollectingSink;
using testing::deliver;
using ::testing::ElementsAre;
using testing::pack;
using testing::TempDirectory;

// A bare repository that is filled object by object.
class GitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    start_libgit2();
    ASSERT_EQ(git_repository_init(repository_.out(), (directory_ / "r.git").c_str(), 1), 0);
  }

  git_oid blob(std::string_view content) {
    git_oid id;
    EXPECT_EQ(git_blob_create_from_buffer(&id, repository_.get(), content.data(), content.size()),
              0);
    return id;
  }
  struct Entry {
    const char* name;
    git_oid id;
    git_filemode_t mode = GIT_FILEMODE_BLOB;
  };
  git_oid tree(const std::vector<Entry>& entries) {
    GitHandle<git_treebuilder, git_treebuilder_free> builder;
    EXPECT_EQ(git_treebuilder_new(builder.out(), repository_.get(), nullptr), 0);
    for (const Entry& entry : entries) {
      EXPECT_EQ(git_treebuilder_insert(nullptr, builder.get(), entry.name, &entry.id, entry.mode),
                0)
          << entry.name;
    }
    git_oid id;
    EXPECT_EQ(git_treebuilder_write(&id, builder.get()), 0);
    return id;
  }
  void commit(const git_oid& tree_id, const char* tag) {
    GitHandle<git_signature, git_signature_free> who;
    GitHandle<git_tree, git_tree_free> content;
    ASSERT_EQ(git_signature_new(who.out(), "a", "a@b", 1, 0), 0);
    ASSERT_EQ(git_tree_lookup(content.out(), repository_.get(), &tree_id), 0);
    git_oid id;
    ASSERT_EQ(git_commit_create(&id, repository_.get(), nullptr, who.get(), who.get(), nullptr, "m",
                                content.get(), 0, nullptr),
              0);
    GitHandle<git_object, git_object_free> target;
    ASSERT_EQ(git_object_lookup(target.out(), repository_.get(), &id, GIT_OBJECT_COMMIT), 0);
    ASSERT_EQ(git_tag_create(&id, repository_.get(), tag, target.get(), who.get(), "annotated", 1),
              0);
  }
  // Removes an object, as a partial clone does.
  void forget(const git_oid& id) {
    char hex[GIT_OID_HEXSZ + 1];
    git_oid_tostr(hex, sizeof hex, &id);
    const std::string name = hex;
    std::filesystem::remove(directory_ /
                            ("r.git/objects/" + name.substr(0, 2) + "/" + name.substr(2)));
  }

  TempDirectory directory_;
  GitHandle<git_repository, git_repository_free> repository_;
};

TEST_F(GitTest, TheTreeOfATagIsDelivered) {
  const git_oid a = blob("a\n");
  const git_oid gone = blob("gone\n");
  const git_oid link = blob("../../etc/passwd");
  const git_oid sub =
      tree({{"b.c", blob("b\n")}, {"run", blob("#!"), GIT_FILEMODE_BLOB_EXECUTABLE}});
  const git_oid lost_tree = tree({{"x", a}});
  commit(tree({{"a.c", a},
               {"gone.c", gone},
               {"link", link, GIT_FILEMODE_LINK},
               {"lost", lost_tree, GIT_FILEMODE_TREE},
               {"module", blob("any id"), GIT_FILEMODE_COMMIT},
               {"sub", sub, GIT_FILEMODE_TREE},
               {"z.zip", blob(pack({{"z.c", "z"}}, "zip", "none"))}}),
         "v1.0@beta");
  forget(gone);
  forget(lost_tree);
  for (const unsigned jobs : {1U, 3U}) {
    CollectingSink sink;
    Options options;
    options.jobs = jobs;
    const Summary summary = deliver(directory_ / "r.git@v1.0@beta", sink, options);
    EXPECT_THAT(sink.paths(), ElementsAre("a.c", "sub/b.c", "sub/run", "z.zip", "z.zip/z.c"));
    EXPECT_EQ(sink.gap_at("gone.c"), "vanished");
    EXPECT_EQ(sink.gap_at("lost"), "vanished");
    EXPECT_EQ(sink.gap_at("module"), "unsupported");
    EXPECT_EQ(summary.links, 1U);
  }
}

TEST_F(GitTest, ManyFilesAreSharedWithoutLoss) {
  std::vector<std::string> names;
  std::vector<Entry> entries;
  for (int i = 0; i < 500; ++i) names.push_back("f" + std::to_string(i));
  for (const std::string& name : names) entries.push_back({name.c_str(), blob(name)});
  commit(tree(entries), "many");
  CollectingSink sink;
  Options options;
  options.jobs = 4;
  EXPECT_EQ(deliver(directory_ / "r.git@many", sink, options).files, 500U);
  EXPECT_EQ(sink.files["f123"], "f123");
}

TEST_F(GitTest, LargeBlobsAreGapsBeforeTheyAreRead) {
  commit(tree({{"big", blob(std::string(200, 'x'))}, {"small", blob("x")}}), "t");
  Options options;
  options.limits.max_file_bytes = 100;
  CollectingSink sink;
  deliver(directory_ / "r.git@t", sink, options);
  EXPECT_THAT(sink.paths(), ElementsAre("small"));
  EXPECT_EQ(sink.gap_at("big"), "too_large");
}

TEST_F(GitTest, OnlyARepositoryBeforeTheSignMakesAGitSubject) {
  commit(tree({{"a", blob("a")}}), "t");
  EXPECT_EQ(open_subject(directory_ / "r.git@nothing").error().code, ErrorCode::not_found);
  EXPECT_EQ(open_subject(directory_ / "none@t").error().code, ErrorCode::not_found);
  std::filesystem::create_directories(directory_ / "r.git@t");
  directory_.write("r.git@t/real.c", "x");
  const auto source = open_subject(directory_ / "r.git@t");
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->kind(), "directory");
}

}  // namespace
}  // namespace stowaway::source
