#include "base/base64url.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace nocturn {
namespace {

TEST(Base64Url, has_no_padding_and_letters_that_a_url_may_hold) {
  EXPECT_EQ(to_base64url(as_bytes("")), "");
  EXPECT_EQ(to_base64url(as_bytes("f")), "Zg");
  EXPECT_EQ(to_base64url(as_bytes("fo")), "Zm8");
  EXPECT_EQ(to_base64url(as_bytes("\xFB\xEF\xFF")), "--__");
}

TEST(Base64Url, refuses_all_but_the_canonical_form) {
  for (const char* text : {"Zg==", "Zm8=", "Zh", "Z", "++//", "Zm 9", "Zm9v\n"})
    EXPECT_FALSE(from_base64url(text)) << text;
}

RC_GTEST_PROP(Base64Url, reads_back_what_it_wrote, (const Bytes& bytes)) {
  RC_ASSERT(*from_base64url(to_base64url(bytes)) == bytes);
}

}  // namespace
}  // namespace nocturn
