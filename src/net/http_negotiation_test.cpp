#include "net/http_negotiation.h"

#include <gtest/gtest.h>

namespace nocturn::net {
namespace {

Encoding choose(std::string_view field) { return choose_encoding(field, true, true); }

TEST(ChooseEncoding, takes_what_the_client_values_most) {
  EXPECT_EQ(choose(""), Encoding::identity);
  EXPECT_EQ(choose("gzip"), Encoding::gzip);
  EXPECT_EQ(choose("GZip , deflate"), Encoding::gzip);
  EXPECT_EQ(choose("x-gzip"), Encoding::gzip);
  EXPECT_EQ(choose("gzip, deflate, br, zstd"), Encoding::brotli);
  EXPECT_EQ(choose("br;q=0.5, gzip;q=0.8"), Encoding::gzip);
  EXPECT_EQ(choose("br;q=0.999,\tgzip ; Q=1.000"), Encoding::gzip);
  EXPECT_EQ(choose("identity, gzip;q=0.5"), Encoding::identity);
  EXPECT_EQ(choose("identity;q=0.5, gzip;q=0.5"), Encoding::gzip);
  EXPECT_EQ(choose("*"), Encoding::brotli);
  EXPECT_EQ(choose("*;q=0.5, br;q=0"), Encoding::gzip);
}

TEST(ChooseEncoding, never_sends_what_was_refused_or_is_not_there) {
  EXPECT_EQ(choose("gzip;q=0, br;q=0.0"), Encoding::identity);
  EXPECT_EQ(choose("deflate, zstd"), Encoding::identity);
  EXPECT_EQ(choose("*;q=0"), Encoding::identity);
  EXPECT_EQ(choose_encoding("gzip, br", true, false), Encoding::gzip);
  EXPECT_EQ(choose_encoding("gzip, br", false, false), Encoding::identity);
}

TEST(ChooseEncoding, takes_nonsense_for_no_wish) {
  for (const std::string_view field :
       {",", ";;;", "gzip;q=", "gzip;q=x", "gzip;q=2", "gzip;q=1.0001", "gzip;q=0,5", "g zip"})
    EXPECT_EQ(choose(field), Encoding::identity) << field;
  EXPECT_EQ(choose("gzip;q=1.5"), Encoding::gzip);
}

TEST(MatchesEtag, compares_weakly_and_strongly) {
  const auto weak = [](std::string_view list) {
    return matches_etag(list, "\"a\"", EtagComparison::weak);
  };
  const auto strong = [](std::string_view list) {
    return matches_etag(list, "\"a\"", EtagComparison::strong);
  };
  EXPECT_TRUE(weak("\"a\""));
  EXPECT_TRUE(weak("W/\"a\""));
  EXPECT_TRUE(weak("*"));
  EXPECT_TRUE(weak("\"b\", W/\"x,\\y\" ,, \"a\""));
  EXPECT_TRUE(strong("W/\"b\", \"a\""));
  EXPECT_FALSE(strong("W/\"a\""));
  EXPECT_TRUE(strong("W/\"a\", \"a\""));
  for (const std::string_view none : {"", "a", "\"a", "\"b\"", "\"A\"", "w/\"a\"", "\"b\" a", "**"})
    EXPECT_FALSE(weak(none)) << none;
}

}  // namespace
}  // namespace nocturn::net
