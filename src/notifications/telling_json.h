#pragma once

#include "base/json.h"
#include "notifications/model.h"

// Tellings and choices as JSON: in the ledger's payloads, in tables, and in the API. Pure.
namespace nocturn::notifications {

Json to_json(const ToldRow& row);
Json to_json(const Telling& telling);
Json to_json(const Choices& choices);
Json to_json(const std::vector<Topic>& topics);

// `corrupt` for what to_json() did not write.
Result<ToldRow> row_from(const Json& json);
Result<Telling> telling_from(const Json& json);
Result<Choices> choices_from(const Json& json);
Result<std::vector<Topic>> topics_from(const Json& json);

}  // namespace nocturn::notifications
