#include "ledger/note.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace nocturn::ledger {
namespace {

// The example of golang.org/x/mod/sumdb/note, whose Ed25519 note is the public format.
constexpr std::string_view kGoKey =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view kGoNote =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

class Notes : public ::testing::Test {
 protected:
  SeededRandom random_{7};
  Signer signer_ = Signer::parse(Signer::make_text("log.example/x", random_)).value();
  TreeHead head_{"log.example/x", 42, leaf_hash("root")};
  std::string note_ = signer_.sign(to_text(head_));
};

TEST_F(Notes, signed_by_others_tools_are_opened) {
  const VerifierKey key = parse_verifier_key(kGoKey).value();
  EXPECT_EQ(key.name, "PeterNeumann");
  EXPECT_EQ(to_text(key), kGoKey);
  EXPECT_TRUE(open_note(kGoNote, key));
}

TEST_F(Notes, say_after_signing_what_they_said_before) {
  EXPECT_EQ(open_checkpoint(note_, signer_.verifier()).value(), head_);
  EXPECT_EQ(parse_verifier_key(to_text(signer_.verifier())).value().key, signer_.verifier().key);
}

TEST_F(Notes, with_any_byte_changed_are_refused) {
  for (std::size_t i = 0; i < note_.size(); ++i) {
    std::string changed = note_;
    changed[i] ^= 1;
    EXPECT_FALSE(open_checkpoint(changed, signer_.verifier())) << "byte " << i;
  }
}

TEST_F(Notes, cut_short_are_refused) {
  for (std::size_t i = 0; i < note_.size(); ++i)
    EXPECT_FALSE(open_checkpoint(note_.substr(0, i), signer_.verifier())) << i;
}

TEST_F(Notes, signed_by_others_too_are_accepted_and_by_others_only_refused) {
  const Signer witness = Signer::parse(Signer::make_text("witness.example", random_)).value();
  const std::string other = witness.sign(to_text(head_));
  const std::string both = note_ + other.substr(other.rfind("\n\n") + 2);
  EXPECT_TRUE(open_checkpoint(both, signer_.verifier()));
  EXPECT_TRUE(open_note(both, witness.verifier()));
  EXPECT_FALSE(open_checkpoint(other, signer_.verifier()));
}

TEST_F(Notes, of_another_origin_are_refused) {
  const std::string foreign = signer_.sign(to_text(TreeHead{"other.example", 42, head_.root}));
  EXPECT_TRUE(open_note(foreign, signer_.verifier()));
  EXPECT_FALSE(open_checkpoint(foreign, signer_.verifier()));
}

TEST_F(Notes, whose_key_id_does_not_belong_to_the_key_are_refused) {
  std::string text = to_text(signer_.verifier());
  text[text.find('+') + 1] ^= 1;
  EXPECT_FALSE(parse_verifier_key(text));
  EXPECT_FALSE(parse_verifier_key("a b+00000000+AQ=="));
  EXPECT_FALSE(Signer::parse("PRIVATE+KEY+x"));
}

TEST(TreeHeadText, is_refused_when_it_could_be_read_in_two_ways) {
  const std::string root = to_base64(leaf_hash(""));
  EXPECT_TRUE(parse_tree_head("o\n0\n" + root + "\n"));
  EXPECT_TRUE(parse_tree_head("o\n7\n" + root + "\nextension\n"));
  for (const std::string& text :
       {"o\n07\n" + root + "\n", "o\n-1\n" + root + "\n", "o\n1\n" + root, "\n1\n" + root + "\n",
        "o\n1\n" + root.substr(0, 40) + "\n", "o\n18446744073709551616\n" + root + "\n",
        std::string("o\n1\n"), std::string()})
    EXPECT_FALSE(parse_tree_head(text)) << text;
}

}  // namespace
}  // namespace nocturn::ledger
