#include "monitoring/probes/ber.h"

#include <algorithm>

namespace nocturn::monitoring::ber {
namespace {

constexpr int kDeepest = 32;
constexpr std::size_t kMostArcs = 32;

struct Header {
  Element element;
  std::size_t size = 0;                // of the header
  std::optional<std::size_t> content;  // nothing: indefinite
};

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

// X.690, 8.1.2: tags above 30 follow in groups of seven bits. Z39.50's end below 2^16.
Result<std::optional<std::uint32_t>> read_long_tag(std::string_view bytes, std::size_t& at) {
  std::uint32_t tag = 0;
  for (int group = 0; group < 4; ++group) {
    if (at >= bytes.size()) return std::nullopt;
    const std::uint8_t next = byte_at(bytes, at++);
    tag = tag << 7 | (next & 0x7F);
    if ((next & 0x80) == 0) return tag;
  }
  return fail(ErrorCode::corrupt, "a tag is too long");
}

Result<std::optional<Header>> read_header(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  Header header;
  std::size_t at = 0;
  const std::uint8_t first = byte_at(bytes, at++);
  header.element.tag_class = static_cast<TagClass>(first >> 6);
  header.element.constructed = (first & 0x20) != 0;
  header.element.tag = first & 0x1F;
  if (header.element.tag == 0x1F) {
    const auto tag = TRY(read_long_tag(bytes, at));
    if (!tag) return std::nullopt;
    header.element.tag = *tag;
  }
  if (at >= bytes.size()) return std::nullopt;
  const std::uint8_t length = byte_at(bytes, at++);
  if (length == 0x80) {
    if (!header.element.constructed) return fail(ErrorCode::corrupt, "a value without an end");
  } else if (length < 0x80) {
    header.content = length;
  } else {
    const int octets = length & 0x7F;
    if (octets > 4) return fail(ErrorCode::corrupt, "a length of {} octets", octets);
    std::size_t content = 0;
    for (int i = 0; i < octets; ++i) {
      if (at >= bytes.size()) return std::nullopt;
      content = content << 8 | byte_at(bytes, at++);
    }
    header.content = content;
  }
  header.size = at;
  return header;
}

bool is_end_of_contents(std::string_view bytes) { return bytes[0] == '\0' && bytes[1] == '\0'; }

Result<std::optional<Element>> read_element(std::string_view bytes, int depth) {
  if (depth > kDeepest) return fail(ErrorCode::limited, "nested more than {} levels", kDeepest);
  const auto header = TRY(read_header(bytes));
  if (!header) return std::nullopt;
  Element element = header->element;
  if (header->content) {
    if (bytes.size() - header->size < *header->content) return std::nullopt;
    element.content = bytes.substr(header->size, *header->content);
    element.size = header->size + *header->content;
    return element;
  }
  std::size_t at = header->size;
  for (;;) {
    if (bytes.size() - at < 2) return std::nullopt;
    if (is_end_of_contents(bytes.substr(at))) break;
    const auto inner = TRY(read_element(bytes.substr(at), depth + 1));
    if (!inner) return std::nullopt;
    at += inner->size;
  }
  element.content = bytes.substr(header->size, at - header->size);
  element.size = at + 2;
  return element;
}

void join_segments(const Element& element, int depth, std::string& text) {
  if (!element.constructed) {
    text += element.content;
    return;
  }
  if (depth > kDeepest) return;
  Walk segments(element.content);
  while (const auto segment = segments.next()) join_segments(*segment, depth + 1, text);
}

}  // namespace

Result<std::optional<Element>> first_element(std::string_view bytes) {
  return read_element(bytes, 0);
}

std::optional<Element> Walk::next() {
  const auto element = first_element(rest_);
  if (!element || !*element) {
    rest_ = {};
    return std::nullopt;
  }
  rest_.remove_prefix((*element)->size);
  return **element;
}

std::optional<Element> child(const Element& parent, std::uint32_t context_tag) {
  Walk children(parent.content);
  while (const auto one = children.next()) {
    if (one->is(TagClass::context, context_tag)) return one;
  }
  return std::nullopt;
}

std::optional<Element> universal_child(const Element& parent, std::uint32_t tag) {
  Walk children(parent.content);
  while (const auto one = children.next()) {
    if (one->is(TagClass::universal, tag)) return one;
  }
  return std::nullopt;
}

std::optional<std::int64_t> to_integer(const Element& element) {
  const std::string_view bytes = element.content;
  if (element.constructed || bytes.empty() || bytes.size() > 8) return std::nullopt;
  std::uint64_t value = (byte_at(bytes, 0) & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8 | byte_at(bytes, i);
  return static_cast<std::int64_t>(value);
}

bool to_boolean(const Element& element) {
  return element.content.find_first_not_of('\0') != std::string_view::npos;
}

std::string to_text(const Element& element) {
  std::string text;
  join_segments(element, 0, text);
  return text;
}

std::string to_object_identifier(const Element& element) {
  std::string text;
  std::uint64_t arc = 0;
  std::size_t arcs = 0;
  for (std::size_t i = 0; i < element.content.size(); ++i) {
    const std::uint8_t next = byte_at(element.content, i);
    arc = arc << 7 | (next & 0x7F);
    if (arc > UINT32_MAX || arcs >= kMostArcs) return {};
    if ((next & 0x80) != 0) continue;
    if (arcs++ == 0) {  // X.690, 8.19.4: the first two arcs share one number
      const std::uint64_t top = std::min<std::uint64_t>(arc / 40, 2);
      text = fmt::format("{}.{}", top, arc - top * 40);
    } else {
      text += fmt::format(".{}", arc);
    }
    arc = 0;
  }
  return text;
}

}  // namespace nocturn::monitoring::ber
