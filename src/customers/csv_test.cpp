#include "customers/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn::customers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::vector<std::string>> fields_of(std::string_view text) {
  const auto rows = read_csv(text);
  EXPECT_TRUE(rows) << rows.error().text();
  std::vector<std::vector<std::string>> fields;
  if (rows)
    for (const CsvRow& row : *rows) fields.push_back(row.fields);
  return fields;
}

TEST(Csv, takes_what_spreadsheets_write) {
  EXPECT_THAT(fields_of("\xef\xbb\xbfid;name\r\na;\"One; two\"\r\n\r\nb;\"say \"\"hi\"\"\"\r\n"),
              ElementsAre(ElementsAre("id", "name"), ElementsAre("a", "One; two"),
                          ElementsAre("b", "say \"hi\"")));
  EXPECT_THAT(fields_of("id\tname\na\tOne, two"),
              ElementsAre(ElementsAre("id", "name"), ElementsAre("a", "One, two")));
  EXPECT_THAT(
      fields_of("id,name\ra,One\rb,Two"),
      ElementsAre(ElementsAre("id", "name"), ElementsAre("a", "One"), ElementsAre("b", "Two")));
  EXPECT_THAT(fields_of(""), ElementsAre());
}

TEST(Csv, tells_where_a_row_begins_though_fields_hold_lines) {
  const auto rows = read_csv("id,name\n\na,\"two\nlines\"\nb,one\n");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ((*rows)[1].line, 3U);
  EXPECT_EQ((*rows)[2].line, 5U);
}

TEST(Csv, tells_where_a_row_of_nothing_but_tabs_begins) {
  const auto rows = read_csv("a\tb\n1\t2\n\t\n \n3\t4\n");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 4U);
  EXPECT_EQ((*rows)[2].line, 3U);
  EXPECT_EQ((*rows)[3].line, 5U);
}

TEST(Csv, names_the_line_of_what_is_broken) {
  const auto inside = read_csv("id,name\na,so \"called\"\n");
  ASSERT_FALSE(inside);
  EXPECT_THAT(inside.error().message, HasSubstr("line 2"));
  const auto open = read_csv("id,name\na,b\nc,\"never closed\nand on\n");
  ASSERT_FALSE(open);
  EXPECT_THAT(open.error().message, HasSubstr("line 3"));
  EXPECT_FALSE(read_csv("id\n\xff\n"));
}

RC_GTEST_PROP(Csv, reads_back_whatever_was_quoted, ()) {
  const auto table = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::vector<std::string>>>(
      rc::gen::container<std::vector<std::string>>(
          3, rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,;\t\"\n"))))));
  std::string text = "x,y,z\n";
  for (const auto& row : table) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char c : row[i]) text += c == '"' ? "\"\"" : std::string(1, c);
      text += '"';
    }
    text += '\n';
  }
  const auto read = read_csv(text);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->size() == table.size() + 1);
  for (std::size_t i = 0; i < table.size(); ++i) RC_ASSERT((*read)[i + 1].fields == table[i]);
}

}  // namespace
}  // namespace nocturn::customers
