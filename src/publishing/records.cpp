#include <boost/json.hpp>

#include "base/json.h"
#include "publishing/events.h"
#include "publishing/publishing.h"

// What the ledger knows of targets: events out, and the table made of them.
namespace nocturn::publishing {
namespace {

ledger::Event event(std::string_view type, const TargetState& state, JsonObject payload) {
  payload["target"] = state.id;
  payload["kind"] = state.kind;
  Result<std::string> text = canonical_json(payload);
  CHECK(text);  // all texts of a state are UTF-8
  return {std::string(type), "copy_target/" + state.id, *std::move(text)};
}

Result<std::string> text_of(const JsonObject& payload, std::string_view name) {
  const Json* value = payload.if_contains(name);
  if (value == nullptr || !value->is_string())
    return fail(ErrorCode::corrupt, "the payload lacks the text \"{}\"", name);
  return std::string(value->as_string());
}

}  // namespace

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::waiting: return "waiting";
    case Standing::working: return "working";
    case Standing::failing: return "failing";
  }
  return "waiting";
}

ledger::Event target_failed(const TargetState& state) {
  return event(
      kTargetFailed, state,
      {{"reason", state.reason}, {"since", to_rfc3339(state.failing_since.value_or(WallTime{}))}});
}

ledger::Event target_recovered(const TargetState& state, WallTime now) {
  return event(
      kTargetRecovered, state,
      {{"since", to_rfc3339(state.failing_since.value_or(now))}, {"until", to_rfc3339(now)}});
}

Status apply(store::Transaction& transaction, const ledger::Entry& entry) {
  if (entry.event.payload.empty()) return {};  // erased
  const Json payload = TRY(parse_json(entry.event.payload));
  if (!payload.is_object()) return fail(ErrorCode::corrupt, "the payload is not an object");
  const std::string target = TRY(text_of(payload.as_object(), "target"));
  TRY_STATUS(transaction.execute("DELETE FROM publishing_failures WHERE target = ?",
                                 {std::string_view(target)}));
  if (entry.event.type != kTargetFailed) return {};
  const WallTime since = TRY(from_rfc3339(TRY(text_of(payload.as_object(), "since"))));
  TRY_STATUS(transaction.execute(
      "INSERT INTO publishing_failures (target, since) VALUES (?, ?)",
      {std::string_view(target), static_cast<std::int64_t>(since.time_since_epoch().count())}));
  return {};
}

std::span<const store::Migration> migrations() {
  static constexpr store::Migration kMigrations[] = {
      {1, "failures",
       "CREATE TABLE publishing_failures ("
       "  target TEXT PRIMARY KEY,"
       "  since INTEGER NOT NULL"  // microseconds since 1970, UTC
       ") STRICT"},
  };
  return kMigrations;
}

Result<std::vector<KnownFailure>> known_failures(store::Reader& reader) {
  std::vector<KnownFailure> known;
  TRY_STATUS(reader.query("SELECT target, since FROM publishing_failures ORDER BY target", {},
                          [&](const store::Row& row) {
                            known.push_back(
                                {std::string(row.text(0)), WallTime(Micros(row.integer(1)))});
                          }));
  return known;
}

}  // namespace nocturn::publishing
