#include "api/conditional.h"

#include <gtest/gtest.h>

namespace nocturn::api {
namespace {

net::Request asking(std::string name, std::string value) {
  net::Request request;
  request.headers.push_back({std::move(name), std::move(value)});
  return request;
}

std::string header(const net::Response& response, std::string_view name) {
  for (const net::Header& one : response.headers)
    if (one.name == name) return one.value;
  return "";
}

TEST(EntityTag, is_the_version_or_else_tells_bodies_apart) {
  EXPECT_EQ(entity_tag("7", "whatever"), "\"7\"");
  EXPECT_EQ(entity_tag("", "one"), entity_tag("", "one"));
  EXPECT_NE(entity_tag("", "one"), entity_tag("", "other"));
}

TEST(ClientHas, knows_the_tag_of_the_plain_and_of_the_packed_form) {
  EXPECT_TRUE(client_has(asking("if-none-match", "\"7\""), "\"7\""));
  EXPECT_TRUE(client_has(asking("if-none-match", "\"7;gzip\""), "\"7\""));
  EXPECT_TRUE(client_has(asking("if-none-match", "\"6\", W/\"7\""), "\"7\""));
  EXPECT_FALSE(client_has(asking("if-none-match", "\"6\""), "\"7\""));
  EXPECT_FALSE(client_has({}, "\"7\""));
}

TEST(NotModified, says_what_the_answer_in_its_place_varies_with) {
  const net::Response answer{.status = 200,
                             .headers = {{"content-language", "he"}, {"vary", "accept-language"}},
                             .body = "long"};
  const net::Response response = not_modified(answer, "\"7\"");
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(header(response, "etag"), "\"7\"");
  EXPECT_EQ(header(response, "vary"), "accept-language");
  EXPECT_EQ(header(response, "content-language"), "");
}

TEST(Compress, packs_a_large_body_for_who_takes_gzip_and_calls_it_another_form) {
  const std::string body(10'000, 'n');
  net::Response response{.status = 200, .headers = {{"etag", "\"7\""}}, .body = body};
  compress(asking("accept-encoding", "br, gzip"), response);
  EXPECT_EQ(header(response, "content-encoding"), "gzip");
  EXPECT_EQ(header(response, "vary"), "accept-encoding");
  EXPECT_EQ(header(response, "etag"), "\"7;gzip\"");
  EXPECT_LT(response.body.size(), 200u);
}

TEST(Compress, leaves_alone_what_is_small_and_who_does_not_ask) {
  net::Response large{.status = 200, .headers = {}, .body = std::string(10'000, 'n')};
  compress({}, large);
  EXPECT_EQ(large.body.size(), 10'000u);
  EXPECT_EQ(header(large, "vary"), "accept-encoding");
  net::Response small{.status = 200, .headers = {}, .body = "short"};
  compress(asking("accept-encoding", "gzip"), small);
  EXPECT_EQ(small.body, "short");
}

}  // namespace
}  // namespace nocturn::api
