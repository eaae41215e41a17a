#include "store/sql_text.h"

#include <array>
#include <optional>
#include <utility>

#include "base/text.h"

namespace nocturn::store {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// PostgreSQL 15 manual, 4.1.2.4: $tag$ … $tag$, where the tag is empty or a name.
std::size_t dollar_quote_end(std::string_view sql, std::size_t start) {
  std::size_t tag_end = start + 1;
  while (tag_end < sql.size() && is_word(sql[tag_end])) ++tag_end;
  const bool is_parameter = tag_end > start + 1 && sql[start + 1] >= '0' && sql[start + 1] <= '9';
  if (tag_end >= sql.size() || sql[tag_end] != '$' || is_parameter) return start + 1;
  const std::string_view tag = sql.substr(start, tag_end + 1 - start);
  const std::size_t close = sql.find(tag, tag_end + 1);
  return close == std::string_view::npos ? sql.size() : close + tag.size();
}

// 4.1.5: block comments nest.
std::size_t block_comment_end(std::string_view sql, std::size_t start) {
  int depth = 1;
  std::size_t at = start + 2;
  while (at < sql.size() && depth > 0) {
    const std::string_view two = sql.substr(at, 2);
    if (two == "/*") ++depth;
    if (two == "*/") --depth;
    at += two == "/*" || two == "*/" ? 2 : 1;
  }
  return at;
}

// The end of what starts at `start`: a quotation, a comment, a word, or a single character.
std::size_t token_end(std::string_view sql, std::size_t start) {
  const char c = sql[start];
  if (c == '\'' || c == '"') {
    // A doubled quote reads as two quotations side by side, which is just as good here.
    const std::size_t close = sql.find(c, start + 1);
    return close == std::string_view::npos ? sql.size() : close + 1;
  }
  if (sql.substr(start, 2) == "--") {
    const std::size_t newline = sql.find('\n', start);
    return newline == std::string_view::npos ? sql.size() : newline + 1;
  }
  if (sql.substr(start, 2) == "/*") return block_comment_end(sql, start);
  if (c == '$') return dollar_quote_end(sql, start);
  std::size_t end = start;
  while (end < sql.size() && (is_word(sql[end]) || (end > start && sql[end] == '$'))) ++end;
  return end > start ? end : start + 1;
}

template <class OnToken>
void each_token(std::string_view sql, OnToken on_token) {
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t end = token_end(sql, at);
    on_token(sql.substr(at, end - at), at);
    at = end;
  }
}

bool is_blank(std::string_view token) {
  return token.find_first_not_of(" \t\r\n") == std::string_view::npos || token.starts_with("--") ||
         token.starts_with("/*");
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTypes{{
    {"integer", "BIGINT"},
    {"real", "DOUBLE PRECISION"},
    {"blob", "BYTEA"},
    {"text", "TEXT COLLATE \"C\""},
}};

std::optional<std::string_view> type_for_postgresql(std::string_view word) {
  for (const auto& [ours, theirs] : kTypes) {
    if (word == ours) return theirs;
  }
  return std::nullopt;
}

}  // namespace

std::string number_parameters(std::string_view sql) {
  std::string result;
  result.reserve(sql.size() + 16);
  int number = 0;
  each_token(sql, [&](std::string_view token, std::size_t) {
    if (token == "?") {
      result += fmt::format("${}", ++number);
    } else {
      result += token;
    }
  });
  return result;
}

std::vector<std::string_view> split_statements(std::string_view script) {
  std::vector<std::string_view> statements;
  std::size_t start = 0;
  bool empty = true;
  const auto finish = [&](std::size_t end) {
    if (!empty) statements.push_back(trim(script.substr(start, end - start)));
    empty = true;
  };
  each_token(script, [&](std::string_view token, std::size_t at) {
    if (token == ";") {
      finish(at);
      start = at + 1;
    } else if (!is_blank(token)) {
      empty = false;
    }
  });
  finish(script.size());
  return statements;
}

std::string schema_for_postgresql(std::string_view script) {
  std::string result;
  std::string before;       // the last word or sign
  bool in_options = false;  // between the ')' and the ';' of CREATE TABLE (…) STRICT;
  each_token(script, [&](std::string_view token, std::size_t) {
    if (is_blank(token)) {
      result += token;
      return;
    }
    const std::string word = lower_ascii(token);
    if (before == ")" && (word == "strict" || word == "without")) in_options = true;
    if (word == ";") in_options = false;
    const auto type = type_for_postgresql(word);
    if (type && before != "as") {  // CAST(x AS TEXT) takes no collation
      result += *type;
    } else if (!in_options) {
      result += token;
    }
    before = word;
  });
  return result;
}

std::string text_digest(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

}  // namespace nocturn::store
