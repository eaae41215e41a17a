#include "ledger/note.h"

#include <charconv>

#include "base/text.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::size_t kMaxNote = 1 << 20;
constexpr std::size_t kMaxSignatures = 100;
constexpr std::string_view kDash = "\xe2\x80\x94 ";  // U+2014 and a space open a signature line
constexpr std::string_view kPrivate = "PRIVATE+KEY+";

bool is_key_name(std::string_view name) {
  return !name.empty() && is_utf8(name) && name.find_first_of(" \t\r\n+") == name.npos;
}

// A control character other than newline would let a note show a person something else than it
// says.
bool is_note_text(std::string_view text) {
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
  return is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

std::array<std::uint8_t, 33> typed(const std::array<std::uint8_t, 32>& key) {
  std::array<std::uint8_t, 33> out{kEd25519};
  std::copy(key.begin(), key.end(), out.begin() + 1);
  return out;
}

std::uint32_t key_id(std::string_view name, const crypto::PublicKey& key) {
  const Hash hash = crypto::Sha256().add(name).add("\n").add(typed(key)).finish();
  return std::uint32_t{hash[0]} << 24 | std::uint32_t{hash[1]} << 16 | std::uint32_t{hash[2]} << 8 |
         hash[3];
}

struct KeyText {
  std::string name;
  std::uint32_t id;
  std::array<std::uint8_t, 32> key;
};

// "<name>+<id>+<base64>"; the name holds no '+', base64 may.
Result<KeyText> parse_key_text(std::string_view text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == text.npos ? text.npos : text.find('+', first + 1);
  if (second == text.npos) return fail(ErrorCode::invalid, "not a key of a signed note");
  KeyText out{std::string(text.substr(0, first)), 0, {}};
  const std::string_view id = text.substr(first + 1, second - first - 1);
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), out.id, 16);
  if (!is_key_name(out.name) || id.size() != 8 || error != std::errc() ||
      end != id.data() + id.size())
    return fail(ErrorCode::invalid, "not a key of a signed note");
  const Bytes key = TRY(from_base64(text.substr(second + 1)));
  if (key.size() != 33 || key.front() != kEd25519)
    return fail(ErrorCode::unsupported, "only Ed25519 keys are understood");
  std::copy(key.begin() + 1, key.end(), out.key.begin());
  return out;
}

struct SignatureLine {
  std::string_view name;
  Bytes bytes;  // four of key id, then the signature
};

Result<SignatureLine> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kDash)) return fail(ErrorCode::corrupt, "malformed signature line");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || !is_key_name(line.substr(0, space)))
    return fail(ErrorCode::corrupt, "malformed signature line");
  auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() < 5) return fail(ErrorCode::corrupt, "malformed signature");
  return SignatureLine{line.substr(0, space), std::move(*bytes)};
}

std::array<std::uint8_t, 4> id_bytes(std::uint32_t id) {
  return {static_cast<std::uint8_t>(id >> 24), static_cast<std::uint8_t>(id >> 16),
          static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
}

bool is_by(const SignatureLine& line, const VerifierKey& key) {
  const auto id = id_bytes(key.id);
  return line.name == key.name && std::equal(id.begin(), id.end(), line.bytes.begin());
}

}  // namespace

std::string to_text(const VerifierKey& key) {
  return fmt::format("{}+{:08x}+{}", key.name, key.id, to_base64(typed(key.key)));
}

Result<VerifierKey> parse_verifier_key(std::string_view text) {
  KeyText parts = TRY(parse_key_text(trim(text)));
  if (parts.id != key_id(parts.name, parts.key))
    return fail(ErrorCode::invalid, "the key's id does not belong to it");
  return VerifierKey{std::move(parts.name), parts.id, parts.key};
}

Signer::Signer(std::string name, const crypto::Seed& seed) : key_(seed) {
  const std::uint32_t id = key_id(name, key_.public_key());
  verifier_ = {std::move(name), id, key_.public_key()};
}

Result<Signer> Signer::parse(std::string_view text) {
  text = trim(text);
  if (!text.starts_with(kPrivate)) return fail(ErrorCode::invalid, "not a signing key");
  KeyText parts = TRY(parse_key_text(text.substr(kPrivate.size())));
  const std::uint32_t id = parts.id;
  Signer signer(std::move(parts.name), parts.key);
  if (signer.verifier_.id != id)
    return fail(ErrorCode::invalid, "the signing key's id does not belong to it");
  return signer;
}

std::string Signer::make_text(const std::string& name, Random& random) {
  crypto::Seed seed;
  random.fill(seed);
  const Signer signer(name, seed);
  return fmt::format("{}{}+{:08x}+{}\n", kPrivate, name, signer.verifier_.id,
                     to_base64(typed(seed)));
}

std::string Signer::sign(std::string_view text) const {
  CHECK(text.ends_with('\n') && is_note_text(text));
  const crypto::Signature signature = key_.sign(text);
  Bytes bytes;
  const auto id = id_bytes(verifier_.id);
  bytes.insert(bytes.end(), id.begin(), id.end());
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return fmt::format("{}\n{}{} {}\n", text, kDash, verifier_.name, to_base64(bytes));
}

Result<std::string> open_note(std::string_view note, const VerifierKey& key) {
  if (note.size() > kMaxNote) return fail(ErrorCode::limited, "the note is too long");
  const std::size_t gap = note.rfind("\n\n");
  if (!is_note_text(note) || gap == note.npos || !note.ends_with('\n'))
    return fail(ErrorCode::corrupt, "not a signed note");
  const std::string_view text = note.substr(0, gap + 1);
  std::string_view signatures = note.substr(gap + 2);
  if (signatures.empty()) return fail(ErrorCode::corrupt, "the note bears no signature");
  signatures.remove_suffix(1);
  const auto lines = split(signatures, '\n');
  if (lines.size() > kMaxSignatures) return fail(ErrorCode::limited, "too many signatures");
  bool signed_by_key = false;
  for (const std::string_view line : lines) {
    const SignatureLine parsed = TRY(parse_signature_line(line));
    if (!is_by(parsed, key)) continue;
    crypto::Signature signature;
    if (parsed.bytes.size() != 4 + signature.size())
      return fail(ErrorCode::corrupt, "the signature by {} is wrong", key.name);
    std::copy(parsed.bytes.begin() + 4, parsed.bytes.end(), signature.begin());
    if (!crypto::verify(text, signature, key.key))
      return fail(ErrorCode::corrupt, "the signature by {} is wrong", key.name);
    signed_by_key = true;
  }
  if (!signed_by_key) return fail(ErrorCode::corrupt, "the note is not signed by {}", key.name);
  return std::string(text);
}

std::string to_text(const TreeHead& head) {
  return fmt::format("{}\n{}\n{}\n", head.origin, head.size, to_base64(head.root));
}

Result<TreeHead> parse_tree_head(std::string_view text) {
  if (!text.ends_with('\n')) return fail(ErrorCode::corrupt, "not a checkpoint");
  text.remove_suffix(1);
  const auto lines = split(text, '\n');
  if (lines.size() < 3 ||
      std::any_of(lines.begin(), lines.end(), [](std::string_view line) { return line.empty(); }))
    return fail(ErrorCode::corrupt, "not a checkpoint");
  TreeHead head{std::string(lines[0]), 0, {}};
  const std::string_view size = lines[1];
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), head.size);
  const bool leading_zero = size.size() > 1 && size.front() == '0';
  if (error != std::errc() || end != size.data() + size.size() || leading_zero)
    return fail(ErrorCode::corrupt, "the checkpoint's size is not a number");
  auto root = from_base64(lines[2]);
  if (!root || root->size() != head.root.size())
    return fail(ErrorCode::corrupt, "the checkpoint's root is not a hash");
  std::copy(root->begin(), root->end(), head.root.begin());
  return head;
}

Result<TreeHead> open_checkpoint(std::string_view note, const VerifierKey& key) {
  TreeHead head = TRY(parse_tree_head(TRY(open_note(note, key))));
  if (head.origin != key.name)
    return fail(ErrorCode::corrupt, "the checkpoint is of \"{}\", not of \"{}\"", head.origin,
                key.name);
  return head;
}

}  // namespace nocturn::ledger
