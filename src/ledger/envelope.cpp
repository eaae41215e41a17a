#include "ledger/envelope.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "ledger/tiles.h"

namespace nocturn::ledger {
namespace {

constexpr std::size_t kMaxName = 512;
constexpr std::size_t kMembers = 11;

constexpr bool is_word_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// At least two words with a dot between each two.
bool is_event_type(std::string_view type) {
  bool dotted = false, in_word = false;
  for (const char c : type) {
    if (c == '.' ? !in_word : !is_word_letter(c)) return false;
    dotted |= c == '.';
    in_word = c != '.';
  }
  return dotted && in_word;
}

Result<std::string> text_at(const JsonObject& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string())
    return fail(ErrorCode::corrupt, "the entry has no text \"{}\"", name);
  return std::string(value->as_string());
}

// 64-bit numbers stand as text, since a JSON number of RFC 8785 is a double.
Result<std::uint64_t> number_at(const JsonObject& object, std::string_view name) {
  const std::string text = TRY(text_at(object, name));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(ErrorCode::corrupt, "\"{}\" of the entry is not a number", name);
  return value;
}

// The entries of a group have one time: its text is made once for all of them.
const std::string& time_text(WallTime time) {
  thread_local WallTime last{};
  thread_local std::string text = to_rfc3339(last);
  if (time != last) {
    text = to_rfc3339(time);
    last = time;
  }
  return text;
}

}  // namespace

std::string_view name_of(Sensitivity sensitivity) {
  switch (sensitivity) {
    case Sensitivity::open: return "open";
    case Sensitivity::internal: return "internal";
    case Sensitivity::personal: return "personal";
  }
  CHECK(false);
}

Result<Sensitivity> sensitivity_of(std::string_view name) {
  for (const auto one : {Sensitivity::open, Sensitivity::internal, Sensitivity::personal})
    if (name == name_of(one)) return one;
  return fail(ErrorCode::corrupt, "\"{}\" is no class of an entry", name);
}

Hash commitment(std::span<const std::uint8_t> salt, std::string_view payload) {
  thread_local crypto::Sha256 hasher;
  return hasher.add(salt).add(payload).finish();
}

std::string to_leaf(const Envelope& envelope) {
  return to_leaf(EnvelopeView{envelope.sensitivity, envelope.commit, envelope.id,
                              envelope.object_class, envelope.form, envelope.sequence,
                              envelope.source, envelope.subject, envelope.time, envelope.type});
}

std::string to_leaf(const EnvelopeView& envelope) {
  std::string leaf;
  leaf.reserve(512);
  auto member = [&leaf](std::string_view opening, std::string_view value) {
    leaf += opening;
    leaf += value;
  };
  // In the order of RFC 8785 section 3.2.3: by name.
  member(R"({"class":")", envelope.sensitivity);
  member(R"(","commit":")", envelope.commit);
  member(R"(","id":")", envelope.id);
  member(R"(","obj":")", envelope.object_class);
  member(R"(","objver":")", fmt::format_int(envelope.form).c_str());
  member(R"(","seq":")", fmt::format_int(envelope.sequence).c_str());
  member(R"(","source":")", envelope.source);
  member(R"(","specversion":"1.0","subject":")", envelope.subject);
  member(R"(","time":")", time_text(envelope.time));
  member(R"(","type":")", envelope.type);
  leaf += R"("})";
  CHECK(leaf.size() <= kMaxLeaf);
  return leaf;
}

Result<Envelope> parse_leaf(std::string_view leaf) {
  if (leaf.size() > kMaxLeaf) return fail(ErrorCode::limited, "the entry is too long");
  const Json json = TRY(parse_json(leaf));
  const auto* object = json.if_object();
  if (object == nullptr || object->size() != kMembers)
    return fail(ErrorCode::corrupt, "the entry is not an envelope of ours");
  Envelope envelope;
  envelope.sensitivity = TRY(text_at(*object, "class"));
  envelope.commit = TRY(text_at(*object, "commit"));
  envelope.id = TRY(text_at(*object, "id"));
  envelope.object_class = TRY(text_at(*object, "obj"));
  envelope.form = TRY(number_at(*object, "objver"));
  envelope.sequence = TRY(number_at(*object, "seq"));
  envelope.source = TRY(text_at(*object, "source"));
  envelope.subject = TRY(text_at(*object, "subject"));
  envelope.time = TRY(from_rfc3339(TRY(text_at(*object, "time"))));
  envelope.type = TRY(text_at(*object, "type"));
  if (to_leaf(envelope) != leaf)
    return fail(ErrorCode::corrupt, "the entry is not in its one canonical form");
  return envelope;
}

Status check_names(std::string_view type, std::string_view object) {
  if (type.size() > kMaxName || object.size() > kMaxName)
    return fail(ErrorCode::limited, "an event's type or object is longer than {} bytes", kMaxName);
  if (!is_event_type(type)) return fail(ErrorCode::invalid, "\"{}\" is not an event type", type);
  const std::string_view kind = class_of(object);
  const bool named = !kind.empty() && std::ranges::all_of(kind, [](char c) {
    return is_word_letter(c) || c == '-';
  });
  const bool controls = std::ranges::any_of(
      object, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!named || controls || !is_utf8(object))
    return fail(ErrorCode::invalid, "\"{}\" does not name an object", object);
  return {};
}

std::string source_of(std::string_view type) {
  std::string source = "/";
  return source += type.substr(0, type.find('.'));
}

std::string_view class_of(std::string_view object) { return object.substr(0, object.find('/')); }

}  // namespace nocturn::ledger
