#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "ledger/merkle.h"

// Signed notes and checkpoints as c2sp.org/signed-note and c2sp.org/tlog-checkpoint define them,
// with Ed25519 signatures (type 0x01). Pure. Signatures by keys that we do not know are ignored,
// so that witnesses and other algorithms can be added.
namespace nocturn::ledger {

// The public half: "<name>+<key id in hex>+<base64 of 0x01 and the key>".
struct VerifierKey {
  std::string name;
  std::uint32_t id = 0;
  crypto::PublicKey key{};
};
std::string to_text(const VerifierKey& key);
Result<VerifierKey> parse_verifier_key(std::string_view text);

class Signer {
 public:
  Signer(std::string name, const crypto::Seed& seed);
  // "PRIVATE+KEY+<name>+<key id>+<base64 of 0x01 and the seed>", the form Go's note package has.
  static Result<Signer> parse(std::string_view text);
  static std::string make_text(const std::string& name, Random& random);

  const VerifierKey& verifier() const { return verifier_; }
  // `text` ends with a newline. Returns text, empty line, signature line.
  std::string sign(std::string_view text) const;

 private:
  VerifierKey verifier_;
  crypto::SigningKey key_;
};

// The text of a note that the key has signed; `corrupt` when it is malformed or the signature is
// wrong or missing, `limited` above 1 MiB or 100 signatures.
Result<std::string> open_note(std::string_view note, const VerifierKey& key);

// What a checkpoint says.
struct TreeHead {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
  bool operator==(const TreeHead&) const = default;
};
std::string to_text(const TreeHead& head);
// Lines of extension are passed over; we never write any.
Result<TreeHead> parse_tree_head(std::string_view text);
// Signature, form, and that the origin is the key's name.
Result<TreeHead> open_checkpoint(std::string_view note, const VerifierKey& key);

}  // namespace nocturn::ledger
