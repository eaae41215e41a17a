#include <gtest/gtest.h>

#include "crypto/one_time_code.h"
#include "crypto/password.h"
#include "crypto/sealed.h"

namespace nocturn::crypto {
namespace {

constexpr PasswordCost kCheap{1, 8192};

TEST(Password, is_verified_against_its_own_text_alone) {
  const std::string hash = hash_password("correct horse battery staple", kCheap);
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$")) << hash;
  EXPECT_TRUE(verify_password("correct horse battery staple", hash));
  EXPECT_FALSE(verify_password("correct horse battery stable", hash));
  EXPECT_FALSE(verify_password("", hash));
  EXPECT_NE(hash_password("correct horse battery staple", kCheap), hash);
}

TEST(Password, does_not_match_a_text_that_is_no_hash) {
  EXPECT_FALSE(verify_password("x", ""));
  EXPECT_FALSE(verify_password("x", "x"));
}

TEST(Sealed, opens_with_the_same_key_and_purpose_alone) {
  SystemRandom random;
  const SealingKey key(sha256("one")), other(sha256("two"));
  const std::string sealed = key.seal("a secret", "totp of ada", random);
  EXPECT_EQ(key.open(sealed, "totp of ada").value(), "a secret");
  EXPECT_EQ(key.open(sealed, "totp of bede").error().code, ErrorCode::corrupt);
  EXPECT_EQ(other.open(sealed, "totp of ada").error().code, ErrorCode::corrupt);
  EXPECT_FALSE(key.open("AAAA", "totp of ada").has_value());
  EXPECT_FALSE(key.open("no base64!", "totp of ada").has_value());
}

TEST(Sealed, refuses_a_text_with_one_bit_turned) {
  SystemRandom random;
  const SealingKey key(sha256("one"));
  Bytes bytes = from_base64(key.seal("a secret", "", random)).value();
  for (std::uint8_t& byte : bytes) {
    byte ^= 1;
    EXPECT_FALSE(key.open(to_base64(bytes), "").has_value());
    byte ^= 1;
  }
}

// RFC 4226 appendix D.
TEST(OneTimeCode, gives_the_vectors_of_rfc_4226) {
  const auto secret = as_bytes("12345678901234567890");
  const std::string_view codes[] = {"755224", "287082", "359152", "969429", "338314",
                                    "254676", "287922", "162583", "399871", "520489"};
  for (std::int64_t step = 0; step < 10; ++step)
    EXPECT_EQ(one_time_code(secret, step), codes[step]);
}

// RFC 6238 appendix B, the column of SHA-1.
TEST(OneTimeCode, gives_the_vectors_of_rfc_6238) {
  const auto secret = as_bytes("12345678901234567890");
  const std::pair<std::int64_t, std::string_view> vectors[] = {
      {59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
      {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
  for (const auto& [seconds, code] : vectors)
    EXPECT_EQ(one_time_code(secret, time_step(WallTime(std::chrono::seconds(seconds))), 8), code);
}

TEST(OneTimeCode, is_taken_one_step_early_or_late_and_never_twice) {
  const auto secret = as_bytes("12345678901234567890");
  const WallTime now(std::chrono::seconds(3000));  // step 100
  for (const std::int64_t step : {99, 100, 101})
    EXPECT_EQ(matching_step(secret, one_time_code(secret, step), now, std::nullopt), step);
  EXPECT_FALSE(matching_step(secret, one_time_code(secret, 98), now, std::nullopt));
  EXPECT_FALSE(matching_step(secret, one_time_code(secret, 102), now, std::nullopt));
  EXPECT_FALSE(matching_step(secret, one_time_code(secret, 100), now, 100));
  EXPECT_FALSE(matching_step(secret, one_time_code(secret, 99), now, 100));
  EXPECT_EQ(matching_step(secret, one_time_code(secret, 101), now, 100), 101);
  EXPECT_FALSE(matching_step(secret, "", now, std::nullopt));
}

// RFC 4648 section 10.
TEST(Base32, gives_the_vectors_of_rfc_4648_without_padding) {
  EXPECT_EQ(to_base32(as_bytes("")), "");
  EXPECT_EQ(to_base32(as_bytes("f")), "MY");
  EXPECT_EQ(to_base32(as_bytes("fo")), "MZXQ");
  EXPECT_EQ(to_base32(as_bytes("foo")), "MZXW6");
  EXPECT_EQ(to_base32(as_bytes("foobar")), "MZXW6YTBOI");
}

}  // namespace
}  // namespace nocturn::crypto
