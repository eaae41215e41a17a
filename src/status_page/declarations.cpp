#include "status_page/declarations.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/line.h"
#include "base/text.h"

namespace nocturn::status_page {
namespace {

Status check_instance(const inventory::Cloud& cloud, const inventory::InstanceId& instance) {
  if (cloud.instances.contains(instance)) return {};
  return about(instance.text(),
               Status(fail(ErrorCode::not_found, "there is no such instance in the cloud")));
}

Result<ledger::Event> event(std::string_view type, const inventory::InstanceId& instance,
                            JsonObject payload) {
  payload["instance"] = instance.text();
  return ledger::Event{std::string(type), "instance/" + instance.text(),
                       TRY(canonical_json(payload))};
}

Result<std::string> text_of(const JsonObject& payload, std::string_view name) {
  const Json* value = payload.if_contains(name);
  if (value == nullptr || !value->is_string())
    return fail(ErrorCode::corrupt, "the payload lacks the text \"{}\"", name);
  return std::string(value->as_string());
}

std::int64_t to_column(WallTime time) { return time.time_since_epoch().count(); }
WallTime from_column(std::int64_t micros) { return WallTime(Micros(micros)); }

Declaration read_declaration(const store::Row& row) {
  Declaration declaration;
  declaration.instance = inventory::InstanceId(std::string(row.text(0)));
  // Only names that decide() took are in the table.
  declaration.indicator = indicator_from(row.text(1)).value_or(Indicator::information);
  declaration.because = row.text(2);
  declaration.by = row.text(3);
  declaration.at = from_column(row.integer(4));
  return declaration;
}

Status end_standing(store::Transaction& transaction, std::string_view instance, WallTime at,
                    std::string_view by) {
  TRY_STATUS(
      transaction.execute("UPDATE status_page_declarations SET until_time = ?, withdrawn_by = ? "
                          "WHERE instance = ? AND until_time IS NULL",
                          {to_column(at), by, instance}));
  return {};
}

}  // namespace

Result<std::vector<ledger::Event>> decide(const inventory::Cloud& cloud,
                                          const std::optional<Declaration>& standing,
                                          const Declare& command) {
  TRY_STATUS(check_instance(cloud, command.instance));
  const std::string because = TRY(spell_line("the reason", command.because, kLongestReason));
  TRY(spell_line("the name of who declares", command.by));
  if (standing && standing->indicator == command.indicator && standing->because == because)
    return about(
        command.instance.text(),
        Result<std::vector<ledger::Event>>(fail(
            ErrorCode::conflict, "this is declared already, since {}", to_rfc3339(standing->at))));
  return std::vector{TRY(event(kDeclarationMade, command.instance,
                               {{"indicator", name_of(command.indicator)},
                                {"because", because},
                                {"by", trim(command.by)}}))};
}

Result<std::vector<ledger::Event>> decide(const inventory::Cloud& cloud,
                                          const std::optional<Declaration>& standing,
                                          const Withdraw& command) {
  // An instance that left the cloud may still have a declaration to withdraw.
  if (!standing) TRY_STATUS(check_instance(cloud, command.instance));
  TRY(spell_line("the name of who withdraws", command.by));
  if (!standing)
    return about(command.instance.text(), Result<std::vector<ledger::Event>>(fail(
                                              ErrorCode::conflict, "nothing is declared for it")));
  return std::vector{
      TRY(event(kDeclarationWithdrawn, command.instance, {{"by", trim(command.by)}}))};
}

ledger::Decide declare(inventory::CloudPtr cloud, Declare command) {
  return [cloud = std::move(cloud), command = std::move(command)](
             store::Reader& reader, WallTime) -> Result<std::vector<ledger::Event>> {
    return decide(*cloud, TRY(standing_declaration(reader, command.instance)), command);
  };
}

ledger::Decide withdraw(inventory::CloudPtr cloud, Withdraw command) {
  return [cloud = std::move(cloud), command = std::move(command)](
             store::Reader& reader, WallTime) -> Result<std::vector<ledger::Event>> {
    return decide(*cloud, TRY(standing_declaration(reader, command.instance)), command);
  };
}

Status apply(store::Transaction& transaction, const ledger::Entry& entry) {
  if (entry.event.payload.empty()) return {};  // erased
  const Json payload = TRY(parse_json(entry.event.payload));
  if (!payload.is_object()) return fail(ErrorCode::corrupt, "the payload is not an object");
  const JsonObject& fields = payload.as_object();
  const std::string instance = TRY(text_of(fields, "instance"));
  const std::string by = TRY(text_of(fields, "by"));
  if (entry.event.type == kDeclarationWithdrawn)
    return end_standing(transaction, instance, entry.time, by);
  if (entry.event.type != kDeclarationMade) return {};
  const std::string indicator = TRY(text_of(fields, "indicator"));
  const std::string because = TRY(text_of(fields, "because"));
  TRY_STATUS(end_standing(transaction, instance, entry.time, by));
  TRY_STATUS(transaction.execute(
      "INSERT INTO status_page_declarations "
      "(entry, instance, indicator, because, declared_by, from_time) VALUES (?, ?, ?, ?, ?, ?)",
      {static_cast<std::int64_t>(entry.index), std::string_view(instance),
       std::string_view(indicator), std::string_view(because), std::string_view(by),
       to_column(entry.time)}));
  return {};
}

std::span<const store::Migration> migrations() {
  static constexpr store::Migration kMigrations[] = {
      {1, "declarations",
       "CREATE TABLE status_page_declarations ("
       "  entry INTEGER PRIMARY KEY,"  // index in the ledger
       "  instance TEXT NOT NULL,"
       "  indicator TEXT NOT NULL,"
       "  because TEXT NOT NULL,"
       "  declared_by TEXT NOT NULL,"
       "  from_time INTEGER NOT NULL,"
       "  until_time INTEGER,"  // null while it stands
       "  withdrawn_by TEXT"
       ") STRICT;"
       "CREATE INDEX status_page_declarations_of_instance "
       "ON status_page_declarations (instance, from_time)"},
  };
  return kMigrations;
}

Result<std::optional<Declaration>> standing_declaration(store::Reader& reader,
                                                        const inventory::InstanceId& instance) {
  return reader.first(
      "SELECT instance, indicator, because, declared_by, from_time FROM status_page_declarations "
      "WHERE instance = ? AND until_time IS NULL",
      {std::string_view(instance.text())}, read_declaration);
}

Result<std::vector<DeclaredInterval>> declared_intervals(store::Reader& reader, WallTime from,
                                                         WallTime until) {
  std::vector<DeclaredInterval> intervals;
  TRY_STATUS(reader.query(
      "SELECT instance, indicator, because, declared_by, from_time, until_time, withdrawn_by "
      "FROM status_page_declarations "
      "WHERE from_time < ? AND (until_time IS NULL OR until_time > ?) "
      "ORDER BY instance, from_time, entry",
      {to_column(until), to_column(from)}, [&](const store::Row& row) {
        DeclaredInterval interval{read_declaration(row), std::nullopt, {}};
        if (!row.is_null(5)) interval.until = from_column(row.integer(5));
        if (!row.is_null(6)) interval.withdrawn_by = row.text(6);
        intervals.push_back(std::move(interval));
      }));
  return intervals;
}

}  // namespace nocturn::status_page
