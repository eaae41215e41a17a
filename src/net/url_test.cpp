#include "net/url.h"

#include <gtest/gtest.h>

namespace nocturn::net {
namespace {

std::string parsed(std::string_view text) {
  const auto url = parse_url(text);
  return url ? url->text() : "refused: " + url.error().message;
}

TEST(Url, reads_what_operators_write) {
  EXPECT_EQ(parsed("http://Search.Example.ORG"), "http://search.example.org/");
  EXPECT_EQ(parsed("https://x:443/a?b=c#d"), "https://x/a?b=c");
  EXPECT_EQ(parsed("https://x:80?q"), "https://x:80/?q");
  EXPECT_EQ(parsed("http://[::1]:8080/"), "http://[::1]:8080/");
  EXPECT_EQ(parsed("http://[2001:db8::1]/x y/é"), "http://[2001:db8::1]/x%20y/%C3%A9");
}

TEST(Url, refuses_what_could_mean_two_things) {
  for (const char* text :
       {"", "example.org", "ftp://x/", "http://", "http:///path", "http://user:pw@x/",
        "http://x:0/", "http://x:99999/", "http://x:1x/", "http://::1/", "http://[::1/",
        "http://a b/", "http://x/\r\nHost: y", "javascript://x/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("http://x/" + std::string(9000, 'a')));
}

// RFC 3986, section 5.4, as far as http goes.
TEST(Url, resolves_references_as_the_rfc_does) {
  const auto base = parse_url("http://a/b/c/d;p?q");
  ASSERT_TRUE(base);
  const std::pair<const char*, const char*> examples[] = {
      {"g", "/b/c/g"},         {"./g", "/b/c/g"},
      {"g/", "/b/c/g/"},       {"/g", "/g"},
      {"?y", "/b/c/d;p?y"},    {"g?y", "/b/c/g?y"},
      {"g#s", "/b/c/g"},       {";x", "/b/c/;x"},
      {".", "/b/c/"},          {"./", "/b/c/"},
      {"..", "/b/"},           {"../g", "/b/g"},
      {"../..", "/"},          {"../../g", "/g"},
      {"../../../../g", "/g"}, {"/./g", "/g"},
      {"/../g", "/g"},         {"g.", "/b/c/g."},
      {"./../g", "/b/g"},      {"./g/.", "/b/c/g/"},
      {"g/../h", "/b/c/h"},    {"g?y/../x", "/b/c/g?y/../x"}};
  for (const auto& [reference, target] : examples) {
    const auto url = resolve_url(*base, reference);
    ASSERT_TRUE(url) << reference;
    EXPECT_EQ(url->text(), std::string("http://a") + target) << reference;
  }
  EXPECT_EQ(resolve_url(*base, "//g/x")->text(), "http://g/x");
  EXPECT_EQ(resolve_url(*base, "https://g")->text(), "https://g/");
  EXPECT_FALSE(resolve_url(*base, "mailto:x@y"));
  EXPECT_FALSE(resolve_url(*base, " "));
}

TEST(Url, knows_whom_secrets_are_for) {
  const auto one = *parse_url("https://x/a");
  EXPECT_TRUE(one.same_origin(*parse_url("https://X:443/b")));
  EXPECT_FALSE(one.same_origin(*parse_url("http://x/a")));
  EXPECT_FALSE(one.same_origin(*parse_url("https://x:8443/a")));
  EXPECT_FALSE(one.same_origin(*parse_url("https://x.y/a")));
}

}  // namespace
}  // namespace nocturn::net
