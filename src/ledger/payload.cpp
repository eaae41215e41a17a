#include "ledger/payload.h"

#include <boost/json.hpp>

namespace nocturn::ledger {
namespace {

std::unexpected<Error> lacks(std::string_view name) {
  return fail(ErrorCode::corrupt, "the payload lacks \"{}\"", name);
}

}  // namespace

Event event_of(std::string_view type, std::string object, const JsonObject& payload,
               Sensitivity sensitivity) {
  auto text = canonical_json(payload);
  CHECK(text);
  return {std::string(type), std::move(object), *std::move(text), 1, sensitivity};
}

Result<Payload> Payload::of(const Entry& entry) {
  Json json = TRY(parse_json(entry.event.payload));
  if (!json.is_object()) return fail(ErrorCode::corrupt, "the payload is not an object");
  return Payload(std::move(json.get_object()));
}

Result<std::string> Payload::text(std::string_view name) const {
  const Json* value = fields_.if_contains(name);
  if (value == nullptr || !value->is_string()) return lacks(name);
  return std::string(value->get_string());
}

Result<std::int64_t> Payload::integer(std::string_view name) const {
  const Json* value = fields_.if_contains(name);
  if (value == nullptr || !value->is_int64()) return lacks(name);
  return value->get_int64();
}

Result<std::int64_t> Payload::time(std::string_view name) const {
  return TRY(from_rfc3339(TRY(text(name)))).time_since_epoch().count();
}

Result<const JsonArray*> Payload::list(std::string_view name) const {
  const Json* value = fields_.if_contains(name);
  if (value == nullptr || !value->is_array()) return lacks(name);
  return &value->get_array();
}

Result<bool> Payload::flag(std::string_view name) const {
  const Json* value = fields_.if_contains(name);
  if (value == nullptr || !value->is_bool()) return lacks(name);
  return value->get_bool();
}

Result<const Json*> Payload::value(std::string_view name) const {
  const Json* value = fields_.if_contains(name);
  if (value == nullptr) return lacks(name);
  return value;
}

}  // namespace nocturn::ledger
