// A git repository for the tests of the miners. For tests only.
#pragma once

#include <git2.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "kb/testing/support.h"

namespace stowaway::kb::testing {

// A repository that is written through libgit2, without a work tree.
class TestRepository {
 public:
  TestRepository() {
    git_libgit2_init();
    check(git_repository_init(&repository_, dir_.path().c_str(), 1));
  }
  ~TestRepository() { git_repository_free(repository_); }
  const std::string& path() const { return dir_.path(); }

  // Commits the whole tree on HEAD; a content "-> x" is a symbolic link.
  git_oid commit(const Tree& tree, const std::string& message, git_time_t time) {
    git_index* index = nullptr;
    check(git_index_new(&index));
    for (const auto& [name, content] : tree) {
      git_index_entry entry{};
      entry.path = name.c_str();
      entry.mode = content.starts_with("-> ") ? GIT_FILEMODE_LINK : GIT_FILEMODE_BLOB;
      check(git_blob_create_from_buffer(&entry.id, repository_, content.data(), content.size()));
      check(git_index_add(index, &entry));
    }
    git_oid tree_id;
    check(git_index_write_tree_to(&tree_id, index, repository_));
    git_index_free(index);
    git_tree* written = nullptr;
    check(git_tree_lookup(&written, repository_, &tree_id));
    git_signature* who = nullptr;
    check(git_signature_new(&who, "A", "a@b", time, 0));
    git_commit* parent = nullptr;
    if (has_head_) check(git_commit_lookup(&parent, repository_, &head_));
    const git_commit* parents[] = {parent};
    check(git_commit_create(&head_, repository_, "HEAD", who, who, nullptr, message.c_str(),
                            written, has_head_ ? 1 : 0, parents));
    has_head_ = true;
    git_commit_free(parent);
    git_signature_free(who);
    git_tree_free(written);
    return head_;
  }
  void tag(const std::string& name) {
    git_object* object = nullptr;
    check(git_object_lookup(&object, repository_, &head_, GIT_OBJECT_COMMIT));
    git_oid id;
    check(git_tag_create_lightweight(&id, repository_, name.c_str(), object, 0));
    git_object_free(object);
  }
  void annotated_tag(const std::string& name) {
    git_object* object = nullptr;
    check(git_object_lookup(&object, repository_, &head_, GIT_OBJECT_COMMIT));
    git_signature* who = nullptr;
    check(git_signature_new(&who, "A", "a@b", 2'000'000'000, 0));
    git_oid id;
    check(git_tag_create(&id, repository_, name.c_str(), object, who, "tag", 0));
    git_signature_free(who);
    git_object_free(object);
  }
  // A reference by its full name, to HEAD's commit.
  void reference(const std::string& name) {
    git_reference* made = nullptr;
    check(git_reference_create(&made, repository_, name.c_str(), &head_, 1, nullptr));
    git_reference_free(made);
  }
  void tag_a_blob(const std::string& name) {
    git_oid blob, id;
    check(git_blob_create_from_buffer(&blob, repository_, "x", 1));
    git_object* object = nullptr;
    check(git_object_lookup(&object, repository_, &blob, GIT_OBJECT_BLOB));
    check(git_tag_create_lightweight(&id, repository_, name.c_str(), object, 0));
    git_object_free(object);
  }

 private:
  static void check(int error) {
    if (error != 0) {
      const git_error* last = git_error_last();
      ADD_FAILURE() << "libgit2: " << (last != nullptr ? last->message : "?");
      std::abort();
    }
  }
  TempDir dir_;
  git_repository* repository_ = nullptr;
  git_oid head_{};
  bool has_head_ = false;
};

}  // namespace stowaway::kb::testing
