#include "base/json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <boost/json.hpp>

#include <algorithm>
#include <bit>
#include <map>

namespace nocturn {
namespace {

std::string canonical(std::string_view text) {
  const auto value = parse_json(text);
  EXPECT_TRUE(value) << (value ? "" : value.error().text());
  const auto out = canonical_json(*value);
  EXPECT_TRUE(out) << (out ? "" : out.error().text());
  return *out;
}

std::string number(std::uint64_t bits) {
  return *canonical_json(Json(std::bit_cast<double>(bits)));
}

// RFC 8785 section 3.2.4 and its expected output.
TEST(CanonicalJson, gives_the_sample_of_the_rfc) {
  EXPECT_EQ(canonical(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]})"),
            "{\"literals\":[null,true,false],"
            "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

// RFC 8785 section 3.2.3: names in order of UTF-16 code units.
TEST(CanonicalJson, orders_names_by_utf16_code_units) {
  EXPECT_EQ(canonical("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,"
                      "\"\\u0080\":6,\"\\u00f6\":7}"),
            "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\U0001F600\":5,"
            "\"\ufb33\":3}");
}

// RFC 8785 appendix B.
TEST(CanonicalJson, writes_numbers_as_the_appendix_of_the_rfc) {
  EXPECT_EQ(number(0x0000000000000000), "0");
  EXPECT_EQ(number(0x8000000000000000), "0");
  EXPECT_EQ(number(0x0000000000000001), "5e-324");
  EXPECT_EQ(number(0x8000000000000001), "-5e-324");
  EXPECT_EQ(number(0x7fefffffffffffff), "1.7976931348623157e+308");
  EXPECT_EQ(number(0x4340000000000000), "9007199254740992");
  EXPECT_EQ(number(0x4430000000000000), "295147905179352830000");
  EXPECT_EQ(number(0x44b52d02c7e14af5), "9.999999999999997e+22");
  EXPECT_EQ(number(0x44b52d02c7e14af6), "1e+23");
  EXPECT_EQ(number(0x44b52d02c7e14af7), "1.0000000000000001e+23");
  EXPECT_EQ(number(0x444b1ae4d6e2ef4e), "999999999999999700000");
  EXPECT_EQ(number(0x444b1ae4d6e2ef4f), "999999999999999900000");
  EXPECT_EQ(number(0x444b1ae4d6e2ef50), "1e+21");
  EXPECT_EQ(number(0x3eb0c6f7a0b5ed8c), "9.999999999999997e-7");
  EXPECT_EQ(number(0x3eb0c6f7a0b5ed8d), "0.000001");
  EXPECT_EQ(number(0x41b3de4355555553), "333333333.3333332");
  EXPECT_EQ(number(0x41b3de4355555554), "333333333.33333325");
  EXPECT_EQ(number(0x41b3de4355555555), "333333333.3333333");
  EXPECT_EQ(number(0xbecbf647612f3696), "-0.0000033333333333333333");
  EXPECT_EQ(number(0x43143ff3c1cb0959), "1424953923781206.2");
}

TEST(CanonicalJson, refuses_what_the_scheme_cannot_carry) {
  EXPECT_FALSE(canonical_json(Json(std::bit_cast<double>(0x7ff0000000000000))));
  EXPECT_FALSE(canonical_json(Json(std::bit_cast<double>(0x7fffffffffffffff))));
  EXPECT_FALSE(canonical_json(Json(std::int64_t(9007199254740993))));
  EXPECT_FALSE(canonical_json(Json("\xC3\x28")));
  EXPECT_TRUE(canonical_json(Json(std::int64_t(-9007199254740991))));
}

TEST(ParseJson, refuses_duplicate_names_deep_nesting_and_trailing_text) {
  EXPECT_FALSE(parse_json(R"({"a":1,"b":{"c":1,"c":2}})"));
  EXPECT_TRUE(parse_json(R"([{"a":1},{"a":1}])"));
  EXPECT_FALSE(parse_json(std::string(65, '[') + std::string(65, ']')));
  EXPECT_FALSE(parse_json("{} x"));
  EXPECT_FALSE(parse_json(""));
  EXPECT_FALSE(parse_json("[1,"));
  EXPECT_FALSE(parse_json("\"\xff\""));
}

RC_GTEST_PROP(CanonicalJson, reads_back_as_the_same_number, (std::uint64_t bits)) {
  const auto value = std::bit_cast<double>(bits);
  RC_PRE(std::isfinite(value));
  const auto back = parse_json(number(bits));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->to_number<double>() == value);
}

RC_GTEST_PROP(CanonicalJson, is_a_fixed_point, (const std::map<std::string, int>& members)) {
  JsonObject object;
  for (const auto& [name, value] : members) {
    if (std::ranges::all_of(name, [](char c) { return c > 0; })) object[name] = value;
  }
  const std::string once = *canonical_json(object);
  RC_ASSERT(*canonical_json(*parse_json(once)) == once);
}

}  // namespace
}  // namespace nocturn
