#include "notifications/letters/clean_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace nocturn::notifications {
namespace {

using status_page::Locale;
using status_page::Words;
using ::testing::ElementsAre;

TEST(CleanText, is_one_line_whatever_it_was) {
  EXPECT_EQ(one_line("  a\r\nBcc:\tx \u2028 b\u0085", 80), "a Bcc: x b");
  EXPECT_EQ(one_line("\u202eabc\u2066\ufeff\x07", 80), "abc");
  EXPECT_EQ(one_line("\xff", 80), "\ufffd");
  EXPECT_EQ(one_line(" \n ", 80), "");
}

TEST(CleanText, says_where_it_was_cut_off) {
  EXPECT_EQ(one_line("abcdef", 6), "abcdef");
  EXPECT_EQ(one_line("abcdefg", 6), "abcde…");
  EXPECT_EQ(one_line("קטלוג", 3), "קט…");
  EXPECT_EQ(one_line("ab cd", 4), "ab…");
}

TEST(CleanText, keeps_paragraphs_and_their_lines) {
  EXPECT_THAT(paragraphs("a\r\nb\n \n\n c \rd", 1000), ElementsAre("a\nb", "c\nd"));
  EXPECT_THAT(paragraphs("\n\n", 1000), ElementsAre());
}

RC_GTEST_PROP(CleanText, weighs_no_more_than_it_may, (const std::string& text)) {
  const auto most = *rc::gen::inRange<std::size_t>(0, 200);
  std::size_t weight = 0;
  for (const std::string& paragraph : paragraphs(text, most)) {
    RC_ASSERT(is_utf8(paragraph));
    weight += weight_of(paragraph);
  }
  RC_ASSERT(weight <= most + 30);  // the ellipsis itself
}

TEST(CleanText, is_isolated_where_directions_may_differ) {
  EXPECT_EQ(isolated("Catalog", Words::in(Locale::en)), "Catalog");
  EXPECT_EQ(isolated("קטלוג", Words::in(Locale::en)), "\u2068קטלוג\u2069");
  EXPECT_EQ(isolated("Catalog", Words::in(Locale::he)), "\u2068Catalog\u2069");
}

std::vector<std::string> links(std::string_view text, int most = 10) {
  std::vector<std::string> urls;
  for (const Piece& piece : with_links(text, most))
    if (piece.url) urls.push_back(piece.text);
  return urls;
}

TEST(CleanText, finds_web_addresses_and_nothing_else) {
  EXPECT_THAT(links("see http://a.example/x, (https://b.example/y?z=1)."),
              ElementsAre("http://a.example/x", "https://b.example/y?z=1"));
  EXPECT_THAT(links("HTTPS://A.example!"), ElementsAre("HTTPS://A.example"));
  EXPECT_THAT(links("javascript:x ftp://a xhttp://b data:text/html,http https://"), ElementsAre());
  EXPECT_THAT(links("http://a.example http://b.example", 1), ElementsAre("http://a.example"));
  EXPECT_THAT(links("http://a.example/" + std::string(400, 'a')), ElementsAre());
}

RC_GTEST_PROP(CleanText, is_the_same_text_with_its_links, (const std::string& text)) {
  std::string whole;
  const std::string mixed = text + " http://a.example/ " + text;
  for (const Piece& piece : with_links(mixed, 3)) whole += piece.text;
  RC_ASSERT(whole == mixed);
}

}  // namespace
}  // namespace nocturn::notifications
