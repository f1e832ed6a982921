#include <gtest/gtest.h>

#include "server/answers.h"
#include "server/limiter.h"
#include "server/metrics.h"
#include "server/parameters.h"
#include "server/session.h"

namespace stowaway::server {
namespace {

using std::chrono::milliseconds;

TEST(Limiter, lets_a_burst_through_and_then_so_many_a_second) {
  Limiter limiter(2, 3);
  const auto start = Limiter::Clock::time_point(std::chrono::hours(1));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.wait_seconds("a", start), 0);
  EXPECT_GE(limiter.wait_seconds("a", start), 1);
  EXPECT_EQ(limiter.wait_seconds("b", start), 0);
  EXPECT_EQ(limiter.wait_seconds("a", start + milliseconds(500)), 0);
  EXPECT_GE(limiter.wait_seconds("a", start + milliseconds(501)), 1);
}

TEST(Limiter, none_is_no_limit) {
  Limiter limiter(0, 1);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.wait_seconds("a", {}), 0);
}

TEST(Session, a_cookie_counts_with_its_key_and_until_its_end) {
  const std::string key = *new_session_key();
  const std::string cookie = cookie_of({"0123abcd", 1000}, key);
  ASSERT_TRUE(session_in(cookie, key, 999));
  EXPECT_EQ(session_in(cookie, key, 999)->token_id, "0123abcd");
  EXPECT_FALSE(session_in(cookie, key, 1000));
  EXPECT_FALSE(session_in(cookie, *new_session_key(), 999));
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    std::string other = cookie;
    other[i] = other[i] == '0' ? '1' : '0';
    EXPECT_FALSE(session_in(other, key, 0)) << i;
  }
  for (const char* none : {"", ".", "..", "a.b.c", "a.9999999999999999999999.c"})
    EXPECT_FALSE(session_in(none, key, 0)) << none;
  EXPECT_NE(csrf_of(cookie, key), cookie.substr(cookie.rfind('.') + 1));
}

TEST(Session, finds_a_cookie_among_others) {
  EXPECT_EQ(cookie_in("a=1; stowaway_session=x.y; b=2", kSessionCookie), "x.y");
  EXPECT_EQ(cookie_in("not_stowaway_session=1", kSessionCookie), "");
  EXPECT_EQ(cookie_in("", kSessionCookie), "");
}

TEST(Parameters, a_page_is_told_where_the_next_begins) {
  Request request;
  request.path = "/v1/subjects";
  request.query = {{"limit", "2"}, {"q", "a&b="}};
  const Page page = *page_of(request);
  Answer answer;
  tell_page(request, page, 5, answer);
  EXPECT_EQ(answer.headers[0].second, "5");
  EXPECT_EQ(answer.headers[1].second, "</v1/subjects?q=a%26b%3D&limit=2&after=2>; rel=\"next\"");
  std::vector<int> items{1, 2, 3, 4, 5};
  cut(items, {2, 4});
  EXPECT_EQ(items, std::vector<int>{5});
  cut(items, {2, 40});
  EXPECT_TRUE(items.empty());
  for (const char* wrong : {"0", "-1", "1x", "10001", "99999999999999999999"}) {
    request.query["limit"] = wrong;
    EXPECT_FALSE(page_of(request)) << wrong;
  }
}

TEST(Answers, foreign_bytes_stay_json) {
  const Answer answer = refuse(404, "no \"\xff<b>\" here");
  const Json body = Json::parse(answer.body);
  EXPECT_EQ(body["error"]["message"], "no \"\uFFFD<b>\" here");
}

TEST(Metrics, buckets_add_up) {
  Metrics metrics;
  metrics.count("/a", 200, 0.001);
  metrics.count("/a", 200, 100);
  const std::string text = metrics.text();
  EXPECT_NE(text.find("bucket{route=\"/a\",status=\"200\",le=\"0.001\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("bucket{route=\"/a\",status=\"200\",le=\"60\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("bucket{route=\"/a\",status=\"200\",le=\"+Inf\"} 2\n"), std::string::npos);
}

}  // namespace
}  // namespace stowaway::server
