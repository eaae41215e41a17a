#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/text.h"
#include "crypto/ed25519.h"
#include "crypto/private_file.h"
#include "crypto/sha256.h"

namespace nocturn::crypto {
namespace {

TEST(Sha256, gives_the_vectors_of_fips_180) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, starts_afresh_after_each_message) {
  Sha256 hasher;
  const Hash first = hasher.add("a").add("bc").finish();
  EXPECT_EQ(first, sha256("abc"));
  EXPECT_EQ(hasher.finish(), sha256(""));
  EXPECT_EQ(hasher.add("abc").finish(), first);
}

TEST(Hmac, gives_the_vectors_of_rfc_4231) {
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const Bytes long_key(131, 0xaa);
  EXPECT_EQ(to_hex(hmac_sha256(long_key, "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(ConstantTime, compares_as_the_plain_operator_does) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("abc"), as_bytes("abcd")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(Ed25519, gives_the_second_vector_of_rfc_8032) {
  Seed seed;
  const Bytes bytes =
      from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").value();
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  const SigningKey key(seed);
  EXPECT_EQ(to_hex(key.public_key()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const Signature signature = key.sign("\x72");
  EXPECT_EQ(to_hex(signature),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(verify("\x72", signature, key.public_key()));
  EXPECT_FALSE(verify("\x73", signature, key.public_key()));
}

class PrivateFile : public testing::Test {
 protected:
  PrivateFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "nocturn-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~PrivateFile() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(PrivateFile, is_made_once_and_readable_by_its_owner_alone) {
  const auto file = folder_ / "keys" / "signing";
  EXPECT_EQ(open_private_file(file, [] { return std::string("first"); }).value(), "first");
  EXPECT_EQ(open_private_file(file, [] { return std::string("second"); }).value(), "first");
  struct stat facts{};
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "keys"), {}), 1);
}

TEST_F(PrivateFile, is_refused_when_others_may_read_it) {
  const auto file = folder_ / "open";
  std::ofstream(file) << "secret";
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const auto result = open_private_file(file, [] { return std::string(); });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::forbidden);
}

}  // namespace
}  // namespace nocturn::crypto
