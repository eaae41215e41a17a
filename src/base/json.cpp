#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include "base/text.h"

namespace nocturn {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepth = 64;
constexpr double kLargestExact = 9007199254740991.0;  // 2^53 - 1

// RFC 8785 section 3.2.2.2.
void write_text(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\f': out += "\\f"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// ECMAScript Number::toString (ECMA-262 section 6.1.6.1.20), as RFC 8785 section 3.2.2.3 wants.
void write_number(double number, std::string& out) {
  if (number == 0) {  // negative zero too
    out += '0';
    return;
  }
  if (number < 0) {
    out += '-';
    number = -number;
  }
  // Shortest digits that read back the same: d.ddde±xx.
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  const std::string_view shortest(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = shortest.find('e');
  std::string digits(1, shortest[0]);
  if (e > 2) digits += shortest.substr(2, e - 2);
  int exponent = 0;
  const std::string_view tail = shortest.substr(e + (shortest[e + 1] == '+' ? 2 : 1));
  std::from_chars(tail.data(), tail.data() + tail.size(), exponent);
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // the decimal point stands after so many digits
  if (point >= count && point <= 21) {
    out += digits + std::string(static_cast<std::size_t>(point - count), '0');
  } else if (point > 0 && point <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(point)) + "." +
           digits.substr(static_cast<std::size_t>(point));
  } else if (point > -6 && point <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  } else {
    out += digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    out += fmt::format("e{}{}", point - 1 < 0 ? '-' : '+', std::abs(point - 1));
  }
}

// RFC 8785 section 3.2.3: names are ordered by their UTF-16 code units. For UTF-8 that is byte
// order, but that characters beyond the basic plane (4 bytes, surrogates D800–DFFF) come before
// U+E000–U+FFFF (3 bytes starting with EE or EF).
bool utf16_less(std::string_view a, std::string_view b) {
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (y == b.end()) return false;
  if (x == a.end()) return true;
  const auto weight = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x100 : static_cast<int>(byte);
  };
  return weight(*x) < weight(*y);
}

Status write(const Json& value, std::size_t depth, std::string& out);

Status write_object(const JsonObject& object, std::size_t depth, std::string& out) {
  std::vector<const JsonObject::value_type*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members, [](auto* a, auto* b) { return utf16_less(a->key(), b->key()); });
  out += '{';
  for (const auto* member : members) {
    if (out.back() != '{') out += ',';
    if (!is_utf8(member->key())) return fail(ErrorCode::invalid, "a name is not UTF-8");
    write_text(member->key(), out);
    out += ':';
    TRY_STATUS(write(member->value(), depth + 1, out));
  }
  out += '}';
  return {};
}

Status write(const Json& value, std::size_t depth, std::string& out) {
  if (depth > kDepth) return fail(ErrorCode::limited, "nested deeper than {} levels", kDepth);
  switch (value.kind()) {
    case json::kind::null: out += "null"; return {};
    case json::kind::bool_: out += value.get_bool() ? "true" : "false"; return {};
    case json::kind::int64: {
      const std::int64_t number = value.get_int64();
      if (std::abs(static_cast<double>(number)) > kLargestExact)
        return fail(ErrorCode::invalid, "{} is beyond what a double holds exactly", number);
      out += fmt::format("{}", number);
      return {};
    }
    case json::kind::uint64: {
      const std::uint64_t number = value.get_uint64();
      if (static_cast<double>(number) > kLargestExact)
        return fail(ErrorCode::invalid, "{} is beyond what a double holds exactly", number);
      out += fmt::format("{}", number);
      return {};
    }
    case json::kind::double_:
      if (!std::isfinite(value.get_double()))
        return fail(ErrorCode::invalid, "JSON has no infinity and no NaN");
      write_number(value.get_double(), out);
      return {};
    case json::kind::string:
      if (!is_utf8(value.get_string())) return fail(ErrorCode::invalid, "a text is not UTF-8");
      write_text(value.get_string(), out);
      return {};
    case json::kind::array:
      out += '[';
      for (const Json& element : value.get_array()) {
        if (out.back() != '[') out += ',';
        TRY_STATUS(write(element, depth + 1, out));
      }
      out += ']';
      return {};
    case json::kind::object: return write_object(value.get_object(), depth, out);
  }
  return fail(ErrorCode::internal, "unknown kind of JSON value");
}

// A pass over the text for two things that Boost.JSON 1.81 gets wrong for signed documents: it
// keeps the last of two members of one name, so that two readers could see two documents, and it
// reads doubles up to one unit in the last place off.
struct Scanner {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  std::vector<std::set<std::string>> open_objects;
  std::string name;
  std::string duplicate;
  std::string digits;
  std::vector<double> doubles;  // exact, in the order of the text

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) {
    open_objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    open_objects.pop_back();
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    name += part;
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    name += part;
    if (!open_objects.back().insert(name).second) duplicate = name;
    name.clear();
    return true;
  }
  bool on_string_part(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_string(json::string_view, std::size_t, json::error_code&) { return true; }
  bool on_number_part(json::string_view part, json::error_code&) {
    digits += part;
    return true;
  }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) {
    digits.clear();
    return true;
  }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) {
    digits.clear();
    return true;
  }
  bool on_double(double, json::string_view part, json::error_code& error) {
    digits += part;
    double exact = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), exact);
    // Too small to be anything but zero is fine; too large has no value.
    if (fault == std::errc::result_out_of_range && exact != 0)
      error = json::error::exponent_overflow;
    doubles.push_back(exact);
    digits.clear();
    return !error;
  }
  bool on_bool(bool, json::error_code&) { return true; }
  bool on_null(json::error_code&) { return true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

void put_doubles(Json& value, std::span<const double>& exact) {
  if (value.is_double()) {
    value = exact.front();
    exact = exact.subspan(1);
  } else if (value.is_array()) {
    for (Json& element : value.get_array()) put_doubles(element, exact);
  } else if (value.is_object()) {
    for (auto& member : value.get_object()) put_doubles(member.value(), exact);
  }
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDepth;
  json::error_code error;
  json::basic_parser<Scanner> scanner(options);
  const std::size_t read = scanner.write_some(false, text.data(), text.size(), error);
  if (!error && read < text.size()) error = json::error::extra_data;
  if (error)
    return fail(ErrorCode::invalid, "not JSON at byte {}: {}", std::min(read, text.size()),
                error.message());
  if (!scanner.handler().duplicate.empty())
    return fail(ErrorCode::invalid, "the name \"{}\" stands twice in one object",
                scanner.handler().duplicate);
  Json value = json::parse(text, error, {}, options);
  if (error) return fail(ErrorCode::invalid, "not JSON: {}", error.message());
  std::span<const double> exact = scanner.handler().doubles;
  put_doubles(value, exact);
  return value;
}

Result<std::string> canonical_json(const Json& value) {
  std::string out;
  TRY_STATUS(write(value, 0, out));
  return out;
}

}  // namespace nocturn
