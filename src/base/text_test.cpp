#include <array>

#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn {
namespace {

// RFC 4648 section 10.
TEST(Base64, gives_the_vectors_of_the_rfc) {
  EXPECT_EQ(to_base64(as_bytes("")), "");
  EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
  EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
  EXPECT_EQ(to_base64(as_bytes("foo")), "Zm9v");
  EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
}

TEST(Base64, refuses_all_but_the_canonical_form) {
  for (const char* text : {"Zg=", "Zh==", "Zm9=", "Z===", "Zg==Zg==", "Zm 9", "Zm-_"})
    EXPECT_FALSE(from_base64(text)) << text;
}

RC_GTEST_PROP(Base64, reads_back_what_it_wrote, (const Bytes& bytes)) {
  RC_ASSERT(*from_base64(to_base64(bytes)) == bytes);
  RC_ASSERT(*from_hex(to_hex(bytes)) == bytes);
}

TEST(Utf8, accepts_text_and_refuses_overlong_surrogate_and_cut_sequences) {
  EXPECT_TRUE(is_utf8("catalog \u05e7\u05d8\u05dc\u05d5\u05d2 \U0001F4DA"));
  for (const char* text : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(EscapeMarkup, leaves_nothing_that_markup_could_mean) {
  EXPECT_EQ(escape_markup("<a b=\"c\" d='e'>&\x01\xff"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\uFFFD\uFFFD");
}

TEST(UnescapeUrl, refuses_broken_escapes) {
  EXPECT_EQ(*unescape_url("a%20b+c", true), "a b c");
  EXPECT_EQ(*unescape_url("a+c", false), "a+c");
  for (const char* text : {"%", "%2", "%zz", "a%4"}) EXPECT_FALSE(unescape_url(text, false));
}

RC_GTEST_PROP(UnescapeUrl, reads_back_what_escape_wrote, (const std::string& text)) {
  RC_ASSERT(*unescape_url(escape_url(text), true) == text);
}

TEST(Nearest, finds_what_a_person_meant_and_nothing_far_off) {
  constexpr std::string_view kKeys[] = {"tenancy", "product", "data_center"};
  EXPECT_EQ(nearest("tennancy", kKeys), "tenancy");
  EXPECT_EQ(nearest("datacenter", kKeys), "data_center");
  EXPECT_EQ(nearest("colour", kKeys), "");
  EXPECT_EQ(nearest("ab", std::array<std::string_view, 1>{"ba"}), "ba");  // swapped: one mistake
}

}  // namespace
}  // namespace nocturn
