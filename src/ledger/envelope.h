#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/sha256.h"
#include "ledger/ledger.h"

// The public face of an entry: a CloudEvents 1.0 envelope in canonical JSON (RFC 8785). It says
// that something of a kind happened, when and in which order, and commits to the payload without
// giving it away. Pure.
namespace nocturn::ledger {

using crypto::Hash;

struct Envelope {
  std::string sensitivity;  // "class": who may be given the payload
  std::string commit;       // base64 of commitment()
  std::string id;
  std::string object_class;    // "obj": "instance" of "instance/catalog-eu01"
  std::uint64_t form = 1;      // "objver": version of the payload's shape
  std::uint64_t sequence = 0;  // "seq": 1, 2, 3 … within its source, without gaps
  std::string source;          // "/monitoring": the folder that owns the type
  std::string subject;         // pseudonym of the object
  WallTime time;
  std::string type;
  bool operator==(const Envelope&) const = default;
};

// The same, of texts that stand elsewhere: an append makes no copies of them.
struct EnvelopeView {
  std::string_view sensitivity, commit, id, object_class;
  std::uint64_t form, sequence;
  std::string_view source, subject;
  WallTime time;
  std::string_view type;
};

Result<Sensitivity> sensitivity_of(std::string_view name);

// SHA-256(salt ‖ payload).
Hash commitment(std::span<const std::uint8_t> salt, std::string_view payload);

// The leaf's bytes. Every text of the envelope must be free of what JSON escapes; check_names()
// and the encodings of the others see to it.
std::string to_leaf(const EnvelopeView& envelope);
std::string to_leaf(const Envelope& envelope);
// Refuses what to_leaf() would not have written.
Result<Envelope> parse_leaf(std::string_view leaf);

// `type` is dotted words of a-z, 0-9 and '_', at least two of them; `object` begins with a word of
// the same letters (and '-'), alone or before a '/'. Both at most 512 bytes.
Status check_names(std::string_view type, std::string_view object);
// "/monitoring" of "monitoring.verdict.changed".
std::string source_of(std::string_view type);
// "instance" of "instance/catalog-eu01".
std::string_view class_of(std::string_view object);

}  // namespace nocturn::ledger
