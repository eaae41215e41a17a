#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/json.h"
#include "ledger/ledger.h"

// Writing and reading the payload of an event: an object of named values. Plain; any thread.
namespace nocturn::ledger {

// The event with this payload in canonical form. Its texts were checked before: one that is not
// UTF-8 is a broken invariant.
Event event_of(std::string_view type, std::string object, const JsonObject& payload,
               Sensitivity sensitivity);

// A missing member, or one of another kind, is `corrupt`.
class Payload {
 public:
  // `corrupt` for what is no object; an erased payload is none either: look first.
  static Result<Payload> of(const Entry& entry);

  bool has(std::string_view name) const { return fields_.contains(name); }
  Result<std::string> text(std::string_view name) const;
  Result<std::int64_t> integer(std::string_view name) const;
  Result<std::int64_t> time(std::string_view name) const;  // as a column: microseconds of UTC
  Result<const JsonArray*> list(std::string_view name) const;
  Result<bool> flag(std::string_view name) const;
  Result<const Json*> value(std::string_view name) const;  // of any kind

 private:
  explicit Payload(JsonObject fields) : fields_(std::move(fields)) {}
  JsonObject fields_;
};

}  // namespace nocturn::ledger
