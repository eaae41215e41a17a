#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// Reading ASN.1's Basic Encoding Rules (ITU-T X.690) where the writer is not trusted. Elements
// are views into the message; nothing is copied, nothing is read beyond it, and nesting is
// limited to 32 levels.
namespace nocturn::monitoring::ber {

enum class TagClass : std::uint8_t { universal, application, context, personal };

struct Element {
  TagClass tag_class = TagClass::universal;
  std::uint32_t tag = 0;
  bool constructed = false;
  std::string_view content;  // without the end-of-contents of an indefinite length
  std::size_t size = 0;      // of the whole element, header and all

  bool is(TagClass wanted, std::uint32_t number) const {
    return tag_class == wanted && tag == number;
  }
};

// The element that `bytes` starts with; nothing while it is not all there; `corrupt` when it can
// never become one, `limited` when it is nested too deeply.
Result<std::optional<Element>> first_element(std::string_view bytes);

// Walks the elements of a constructed element's content.
class Walk {
 public:
  explicit Walk(std::string_view content) : rest_(content) {}
  // The next element; nothing at the end, or at bytes that are no element.
  std::optional<Element> next();

 private:
  std::string_view rest_;
};

// The first child with that tag of the context-specific class, or of the universal class.
std::optional<Element> child(const Element& parent, std::uint32_t context_tag);
std::optional<Element> universal_child(const Element& parent, std::uint32_t tag);

// Of primitive elements. Nothing when the content is no such value; integers of up to 8 bytes.
std::optional<std::int64_t> to_integer(const Element& element);
bool to_boolean(const Element& element);
// Joins the segments of a constructed string.
std::string to_text(const Element& element);
// "1.2.840.10003.5.10"; empty when the content is none.
std::string to_object_identifier(const Element& element);

}  // namespace nocturn::monitoring::ber
