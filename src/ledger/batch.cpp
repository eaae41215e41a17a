#include "ledger/batch.h"

#include <optional>

#include "base/varint.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint64_t kErased = 4;  // beside the class in an entry's first number
constexpr std::uint64_t kClass = 3;
constexpr auto kMostSensitive = static_cast<std::uint64_t>(Sensitivity::personal);

std::optional<std::span<const std::uint8_t>> take_bytes(std::span<const std::uint8_t>& bytes) {
  const auto size = take_varint(bytes);
  if (!size || *size > bytes.size()) return std::nullopt;
  const auto value = bytes.first(*size);
  bytes = bytes.subspan(*size);
  return value;
}

std::optional<std::string_view> take_text(std::span<const std::uint8_t>& bytes) {
  const auto value = take_bytes(bytes);
  if (!value) return std::nullopt;
  return as_text(*value);
}

// Of what add() wrote for one entry; without its index and time.
std::optional<Stored> take_entry(std::span<const std::uint8_t>& bytes) {
  const auto kind = take_varint(bytes), form = take_varint(bytes), sequence = take_varint(bytes);
  const auto id = take_text(bytes), type = take_text(bytes), object = take_text(bytes);
  const auto subject = take_bytes(bytes);
  if (!kind || !form || !sequence || !id || !type || !object || !subject) return std::nullopt;
  if (*kind > (kErased | kClass) || (*kind & kClass) > kMostSensitive) return std::nullopt;
  Stored entry{.id = *id, .type = *type, .object = *object, .subject = *subject};
  entry.sequence = *sequence;
  entry.form = *form;
  entry.sensitivity = static_cast<Sensitivity>(*kind & kClass);
  entry.erased = (*kind & kErased) != 0;
  if (entry.erased) {
    const auto leaf = take_text(bytes);
    if (!leaf) return std::nullopt;
    entry.leaf = *leaf;
    return entry;
  }
  const auto salt = take_bytes(bytes);
  const auto payload = take_text(bytes);
  if (!salt || !payload) return std::nullopt;
  entry.salt = *salt;
  entry.payload = *payload;
  return entry;
}

}  // namespace

void Batch::put(std::span<const std::uint8_t> value) {
  put_varint(bytes_, value.size());
  bytes_.insert(bytes_.end(), value.begin(), value.end());
}

void Batch::add(const Stored& entry) {
  put_varint(bytes_, static_cast<std::uint64_t>(entry.sensitivity) | (entry.erased ? kErased : 0));
  put_varint(bytes_, entry.form);
  put_varint(bytes_, entry.sequence);
  put(as_bytes(entry.id));
  put(as_bytes(entry.type));
  put(as_bytes(entry.object));
  put(entry.subject);
  if (entry.erased) {
    put(as_bytes(entry.leaf));
  } else {
    put(entry.salt);
    put(as_bytes(entry.payload));
  }
  ++count_;
}

void Batch::clear() {
  bytes_.clear();
  count_ = 0;
}

Status read_batch(std::span<const std::uint8_t> bytes, std::uint64_t first, std::uint64_t last,
                  WallTime time, const std::function<Status(const Stored&)>& on_entry) {
  for (std::uint64_t index = first; index <= last; ++index) {
    auto entry = take_entry(bytes);
    if (!entry) return fail(ErrorCode::corrupt, "entry {} of the ledger cannot be read", index);
    entry->index = index;
    entry->time = time;
    TRY_STATUS(on_entry(*entry));
  }
  if (bytes.empty()) return {};
  return fail(ErrorCode::corrupt, "something follows entry {} of the ledger in its batch", last);
}

}  // namespace nocturn::ledger
