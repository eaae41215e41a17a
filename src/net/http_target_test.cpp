#include "net/http_target.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace nocturn::net {
namespace {

std::string path_of(std::string_view target) {
  const auto decoded = decode_target(target);
  return decoded ? decoded->path : "refused";
}

TEST(OriginForm, takes_origin_and_absolute_forms_only) {
  EXPECT_EQ(origin_form("/a?b"), "/a?b");
  EXPECT_EQ(origin_form("http://host/a?b"), "/a?b");
  EXPECT_EQ(origin_form("HTTPS://host:8443/a"), "/a");
  EXPECT_EQ(origin_form("http://host"), "/");
  EXPECT_EQ(origin_form("http:///a"), "");
  EXPECT_EQ(origin_form("ftp://host/a"), "");
  EXPECT_EQ(origin_form("host:80"), "");
  EXPECT_EQ(origin_form("*"), "");
  EXPECT_EQ(origin_form(""), "");
}

TEST(DecodeTarget, gives_one_plain_path) {
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("//"), "/");
  EXPECT_EQ(path_of("/a//b/./c/"), "/a/b/c");
  EXPECT_EQ(path_of("/a%20b/%C3%A9"), "/a b/é");
  EXPECT_EQ(path_of("/a+b"), "/a+b");
  EXPECT_EQ(path_of("/...?x"), "/...");
}

TEST(DecodeTarget, refuses_what_could_be_read_in_two_ways) {
  for (const std::string_view target :
       {"", "a", "/..", "/a/../b", "/%2e%2E/x", "/a%2fb", "/a%5cb", "/a\\b", "/%00", "/a%0d", "/%",
        "/%4", "/%zz", "/%ff", "/a#b", "/?a=%00", "/?%zz=1", "/?a=%ff"})
    EXPECT_FALSE(decode_target(target)) << target;
}

TEST(DecodeTarget, takes_the_query_apart_in_order) {
  const auto target = decode_target("/s?q=a+b%26c&empty=&flag&&q=2");
  ASSERT_TRUE(target);
  const std::vector<std::pair<std::string, std::string>> expected{
      {"q", "a b&c"}, {"empty", ""}, {"flag", ""}, {"q", "2"}};
  EXPECT_EQ(target->query, expected);
}

RC_GTEST_PROP(DecodeTargetProperty, a_decoded_path_keeps_its_promises, (std::string path)) {
  const auto target = decode_target("/" + path);
  if (!target) return;
  RC_ASSERT(target->path.starts_with('/'));
  RC_ASSERT(target->path == "/" || !target->path.ends_with('/'));
  for (const std::string_view part : split(std::string_view(target->path).substr(1), '/'))
    RC_ASSERT(part != ".." && part != "." && (!part.empty() || target->path == "/"));
  RC_ASSERT(!target->path.contains('\0') && !target->path.contains('\\'));
}

RC_GTEST_PROP(DecodeTargetProperty, escaping_is_undone_once, (std::vector<std::string> parts)) {
  std::string target, path;
  for (const std::string& part : parts) {
    std::string safe;
    for (const char c : part)
      if (c >= 0x20 && c < 0x7f && c != '/' && c != '\\') safe += c;
    if (safe.empty() || safe == "." || safe == "..") continue;
    target += "/" + escape_url(safe);
    path += "/" + safe;
  }
  RC_ASSERT(path_of(target.empty() ? "/" : target) == (path.empty() ? "/" : path));
}

}  // namespace
}  // namespace nocturn::net
