#include "net/endpoint.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace nocturn::net {
namespace {

const std::vector<std::string_view> kLetters = {"a", "b", "c", "d", "e"};

struct Asked {
  Request request;
  Json body;
  Caller caller;
  Call call() const { return {request, {}, body, caller}; }
};

TEST(Pages, walked_by_their_cursors_show_every_item_once) {
  std::string seen;
  Asked asked;
  for (int page = 0; page < 3; ++page) {
    const auto wanted = page_of(asked.call(), 2);
    ASSERT_TRUE(wanted);
    const auto slice = slice_of(kLetters, *wanted);
    ASSERT_TRUE(slice);
    for (std::size_t i = slice->from; i < slice->until; ++i) seen += kLetters[i];
    EXPECT_EQ(slice->next.is_null(), page == 2);
    if (page < 2) asked.request.query = {{"cursor", std::string(slice->next.as_string())}};
  }
  EXPECT_EQ(seen, "abcde");
}

TEST(Pages, say_so_when_the_item_is_gone_after_which_to_go_on) {
  const auto slice = slice_of(kLetters, {.limit = 2, .after = "x"});
  ASSERT_FALSE(slice);
  EXPECT_EQ(slice.error().code, ErrorCode::conflict);
}

TEST(Pages, refuse_a_cursor_that_no_list_gave_out) {
  Asked asked;
  asked.request.query = {{"cursor", "not hex"}};
  EXPECT_EQ(page_of(asked.call()).error().code, ErrorCode::invalid);
}

TEST(ExpectVersion, takes_the_version_in_any_form_a_client_may_have_it) {
  Asked asked;
  EXPECT_TRUE(asked.call().expect_version("3"));
  for (const char* tag : {"*", "3", "\"3\"", "\"3;gzip\"", " \"3\" "}) {
    asked.request.headers = {{"if-match", tag}};
    EXPECT_TRUE(asked.call().expect_version("3")) << tag;
  }
  asked.request.headers = {{"if-match", "\"2\""}};
  EXPECT_EQ(asked.call().expect_version("3").error().code, ErrorCode::precondition);
}

TEST(May, is_no_where_nobody_was_asked) {
  EXPECT_FALSE(Asked().call().may(Permission::read_people));
}

}  // namespace
}  // namespace nocturn::net
