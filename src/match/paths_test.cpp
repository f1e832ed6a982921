// The small functions on paths that placing rests on.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>

#include "match/hits.h"
#include "match/place.h"
#include "match/versions.h"

namespace stowaway::match {
namespace {

struct EndRow {
  const char *a, *b;
  unsigned parts;
};

TEST(CommonEndParts, counts_equal_parts_from_the_end) {
  const EndRow rows[] = {
      {"a/lib/x.c", "lib/x.c", 2}, {"x.c", "x.c", 1},     {"a/x.c", "b/x.c", 1},
      {"x.c", "y.c", 0},           {"a/b/c", "a/b/c", 3}, {"a/b/c", "z/b/c", 2},
      {"lib/x.c", "xlib/x.c", 1},  {"a/x.c", "a/X.c", 0}, {"a/b/x.c", "a/x.c", 1},
      {"deep/a/b/x.c", "x.c", 1},  {"x.c/y", "x.c", 0},   {"a/b", "b/a", 0},
  };
  for (const EndRow& row : rows) {
    EXPECT_EQ(common_end_parts(row.a, row.b), row.parts) << row.a << " " << row.b;
    EXPECT_EQ(common_end_parts(row.b, row.a), row.parts) << row.b << " " << row.a;
  }
}

struct RootRow {
  const char* path;
  unsigned parts;
  const char* root;
};

TEST(RootOf, is_what_remains) {
  const RootRow rows[] = {
      {"a/b/x.c", 0, "a/b"}, {"a/b/x.c", 1, "a/b"}, {"a/b/x.c", 2, "a"}, {"a/b/x.c", 3, ""},
      {"a/b/x.c", 9, ""},    {"x.c", 0, ""},        {"x.c", 1, ""},
  };
  for (const RootRow& row : rows)
    EXPECT_EQ(root_of(row.path, row.parts), row.root) << row.path << " " << row.parts;
}

struct BelowRow {
  const char *path, *root;
  bool below;
};

TEST(LiesBelow, is_strict_and_of_whole_parts) {
  const BelowRow rows[] = {
      {"a/b", "a", true},    {"a/b/c", "a", true}, {"a", "a", false}, {"ab", "a", false},
      {"a", "a/b", false},   {"a", "", true},      {"", "", false},   {"", "a", false},
      {"a-b/c", "a", false}, {"b/a", "a", false},
  };
  for (const BelowRow& row : rows)
    EXPECT_EQ(lies_below(row.path, row.root), row.below) << row.path << " " << row.root;
}

TEST(IsHeader, goes_by_the_suffix) {
  for (const char* path : {"a.h", "x/b.hpp", "c.hh", "d.hxx", "e.inc"})
    EXPECT_TRUE(is_header(path)) << path;
  for (const char* path : {"a.c", "b.cpp", "h", "x.h/y.c", "a.js", ""})
    EXPECT_FALSE(is_header(path)) << path;
}

rc::Gen<std::string> path() {
  return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
                          rc::gen::element<std::string>("a", "b", "lib", "x.c"))),
                      [](const std::vector<std::string>& parts) {
                        std::string out;
                        for (const std::string& part : parts)
                          out += (out.empty() ? "" : "/") + part;
                        return out;
                      });
}

RC_GTEST_PROP(CommonEndParts, and_root_of_take_a_path_apart, ()) {
  const std::string a = *path(), b = *path();
  const auto all = static_cast<unsigned>(std::ranges::count(a, '/')) + 1;
  const unsigned parts = common_end_parts(a, b);
  RC_ASSERT(parts == common_end_parts(b, a));
  RC_ASSERT(parts <= all);
  RC_ASSERT(common_end_parts(a, a) == all);
  const std::string below = a + "/" + b;
  RC_ASSERT(common_end_parts(below, b) == static_cast<unsigned>(std::ranges::count(b, '/')) + 1);
  RC_ASSERT(root_of(below, common_end_parts(below, b)) == a);
  RC_ASSERT(lies_below(below, a) && !lies_below(a, below));
  const std::string root(root_of(a, parts));
  RC_ASSERT(root.empty() || lies_below(a, root));
}

}  // namespace
}  // namespace stowaway::match
