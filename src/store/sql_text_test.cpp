#include "store/sql_text.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include "store/search_pattern.h"

namespace nocturn::store {
namespace {

using ::testing::ElementsAre;

TEST(SqlText, numbers_parameters_outside_of_quotes_and_comments) {
  EXPECT_EQ(number_parameters("SELECT ?, '?', \"?\", ? -- ?\n, ? /* ? /* ? */ ? */ + ?"),
            "SELECT $1, '?', \"?\", $2 -- ?\n, $3 /* ? /* ? */ ? */ + $4");
  EXPECT_EQ(number_parameters("SELECT 'it''s ?', ?"), "SELECT 'it''s ?', $1");
  EXPECT_EQ(number_parameters("SELECT $$ ? $$, $a$ ? $$ ? $a$, a$b, ?"),
            "SELECT $$ ? $$, $a$ ? $$ ? $a$, a$b, $1");
}

TEST(SqlText, keeps_a_quotation_or_comment_that_is_never_closed) {
  for (const char* text : {"'?", "\"?", "/* ?", "-- ?", "$$ ?", "/*", "$", "$a"}) {
    EXPECT_EQ(number_parameters(text), text);
  }
}

TEST(SqlText, splits_statements_at_semicolons_outside_of_quotes_and_comments) {
  EXPECT_THAT(split_statements(" a ';' ; ;\n-- only; a comment\n; b /* ; */ c;"),
              ElementsAre("a ';'", "b /* ; */ c"));
  EXPECT_THAT(split_statements(""), ElementsAre());
}

TEST(SqlText, puts_types_and_table_options_into_postgresqls_words) {
  EXPECT_EQ(schema_for_postgresql("CREATE TABLE strict (integer_id INTEGER PRIMARY KEY, b blob, "
                                  "r Real, t TEXT DEFAULT 'TEXT') STRICT, WITHOUT ROWID;\n"
                                  "CREATE INDEX i ON strict (CAST(b AS TEXT));"),
            "CREATE TABLE strict (integer_id BIGINT PRIMARY KEY, b BYTEA, r DOUBLE PRECISION, t "
            "TEXT COLLATE \"C\" DEFAULT 'TEXT')   ;\nCREATE INDEX i ON strict (CAST(b AS TEXT));");
}

TEST(SearchPattern, finds_what_was_typed_and_nothing_by_its_wildcards) {
  EXPECT_EQ(search_pattern("  North_Gate 5% \\ "), "%north\\_gate 5\\% \\\\%");
  EXPECT_EQ(search_pattern(""), "%%");
}

TEST(SqlText, tells_texts_apart) {
  EXPECT_EQ(text_digest(""), "cbf29ce484222325");
  EXPECT_EQ(text_digest("a"), "af63dc4c8601ec8c");  // published FNV-1a vector
}

// Texts put together from pieces whose meaning is known are taken apart as they were made.
TEST(SqlText, agrees_with_how_a_text_was_put_together) {
  EXPECT_TRUE(rc::check([] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
        std::vector<std::string>{"?", ";", "'a?;''b'", "\"?;\"", "-- ?;'\n", "/* ?; /* ' */ ; */",
                                 "$q$ ?;' $q$", "word", " ", "$1", "=", "\n"}));
    std::string text;
    std::string numbered;
    std::size_t statements = 0;
    int parameters = 0;
    bool empty = true;
    for (const std::string& piece : pieces) {
      text += piece + " ";
      numbered += (piece == "?" ? "$" + std::to_string(++parameters) : piece) + " ";
      const bool blank = piece == " " || piece == "\n" || piece[0] == '-' || piece[0] == '/';
      if (piece == ";") {
        statements += !empty;
        empty = true;
      } else if (!blank) {
        empty = false;
      }
    }
    statements += !empty;
    RC_ASSERT(number_parameters(text) == numbered);
    RC_ASSERT(split_statements(text).size() == statements);
  }));
}

}  // namespace
}  // namespace nocturn::store
