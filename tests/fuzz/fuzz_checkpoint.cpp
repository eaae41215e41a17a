// What a ledger says about itself: notes, checkpoints, keys and proofs, from anybody.

#include "base/result.h"
#include "ledger/note.h"
#include "ledger/proof.h"

using namespace nocturn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // The key that signed the seeds, so that mutations get past the signature lines.
  static const auto key = ledger::parse_verifier_key(
                              "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
                              .value();
  (void)ledger::open_checkpoint(input, key);
  if (const auto head = ledger::parse_tree_head(input)) {
    const std::string text = ledger::to_text(*head);
    CHECK(input.starts_with(text));
    CHECK(ledger::parse_tree_head(text).value() == *head);
  }
  if (const auto proof = ledger::parse_proof(input)) {
    CHECK(ledger::parse_proof(ledger::to_text(*proof)).value().path == proof->path);
    (void)ledger::verify_proof(*proof, "leaf", key);
  }
  if (const auto parsed = ledger::parse_verifier_key(input))
    CHECK(ledger::parse_verifier_key(ledger::to_text(*parsed)).has_value());
  (void)ledger::Signer::parse(input);
  return 0;
}
