#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/random.h"

namespace nocturn {

// A name that cannot be taken for another kind of name: Id<struct InstanceTag> is not Id<struct
// CheckTag>. Holds any text; whoever makes one has checked it.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

// A time-ordered unique id (UUID version 7, RFC 9562) in its 36-character form: ids made later
// sort later, to the millisecond.
std::string new_uuid(const Clock& clock, Random& random);

}  // namespace nocturn

template <class Tag>
struct std::hash<nocturn::Id<Tag>> {
  std::size_t operator()(const nocturn::Id<Tag>& id) const {
    return std::hash<std::string>{}(id.text());
  }
};
