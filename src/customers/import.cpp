#include "customers/import.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/line.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "customers/csv.h"
#include "customers/records.h"
#include "customers/rules.h"

namespace nocturn::customers {
namespace {

constexpr std::size_t kMostMistakes = 1'000;
constexpr char kBetween = '|';

struct Column {
  std::string_view name;
  bool required;
};
constexpr Column kInstitutionColumns[] = {{"id", true},        {"name", true},
                                          {"territory", true}, {"time_zone", true},
                                          {"language", true},  {"aliases", false}};
constexpr Column kContactColumns[] = {{"institution", true},
                                      {"name", true},
                                      {"email", true},
                                      {"language", false},
                                      {"products", false}};
constexpr Column kAssetColumns[] = {
    {"institution", true}, {"product", true}, {"instance", true}, {"from", true}, {"until", false}};

struct Table {
  std::string_view kind;
  std::span<const Column> columns;
  std::string_view told_by;  // the column that no other table has
};
constexpr Table kTables[] = {{"institutions", kInstitutionColumns, "id"},
                             {"contacts", kContactColumns, "email"},
                             {"assets", kAssetColumns, "instance"}};

// A date ("2026-11-22") as the day's start there, or RFC 3339.
Result<WallTime> time_from(std::string_view text, const TimeZone& zone) {
  if (text.size() != 10) return from_rfc3339(text);
  int year = 0;
  unsigned month = 0, day = 0;
  const char* begin = text.data();
  const bool digits = std::from_chars(begin, begin + 4, year).ptr == begin + 4 &&
                      std::from_chars(begin + 5, begin + 7, month).ptr == begin + 7 &&
                      std::from_chars(begin + 8, begin + 10, day).ptr == begin + 10;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!digits || text[4] != '-' || text[7] != '-' || !date.ok())
    return fail(ErrorCode::invalid, "\"{}\" is no date; write it as 2026-11-22", text);
  return zone.start_of(std::chrono::local_days(date));
}

std::vector<std::string> several(std::string_view text) {
  std::vector<std::string> values;
  for (const std::string_view value : split(text, kBetween))
    if (!trim(value).empty()) values.emplace_back(trim(value));
  return values;
}

class Planner {
 public:
  Planner(std::span<const std::string> ids, const inventory::Cloud& cloud, store::Reader& reader,
          std::string_view by)
      : ids_(ids), cloud_(cloud), reader_(reader), by_(by) {}

  Result<Import> run(const std::vector<CsvRow>& rows) {
    if (rows.empty()) tell("", "the table has no header");
    const Table* table = rows.empty() ? nullptr : find_table(rows[0]);
    if (table == nullptr || !find_columns(rows[0], *table)) return std::move(done_);
    done_.kind = table->kind;
    for (std::size_t i = 1; i < rows.size() && done_.mistakes.size() < kMostMistakes; ++i) {
      row_ = &rows[i];
      ++done_.rows;
      if (row_->fields.size() > columns_)
        tell("", fmt::format("{} fields, but the header has {}", row_->fields.size(), columns_));
      else if (table->kind == "institutions")
        TRY_STATUS(institution());
      else if (table->kind == "contacts")
        TRY_STATUS(contact());
      else
        TRY_STATUS(asset());
    }
    if (!done_.mistakes.empty()) done_.events.clear();
    return std::move(done_);
  }

 private:
  void tell(std::string_view field, std::string what) {
    done_.mistakes.push_back(
        {row_ == nullptr ? 1 : row_->line, std::string(field), std::move(what)});
  }

  const Table* find_table(const CsvRow& header) {
    for (const Table& table : kTables)
      for (const std::string& name : header.fields)
        if (lower_ascii(trim(name)) == table.told_by) return &table;
    tell("",
         "the header names no table: institutions have a column id, contacts email, account "
         "assets instance");
    return nullptr;
  }

  bool find_columns(const CsvRow& header, const Table& table) {
    std::vector<std::string_view> known;
    for (const Column& column : table.columns) known.push_back(column.name);
    columns_ = header.fields.size();
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
      const std::string name = lower_ascii(beginning(trim(header.fields[i])));
      if (std::ranges::find(known, name) == known.end()) {
        const std::string_view near = nearest(name, known);
        tell(name,
             near.empty()
                 ? fmt::format("no column of {}; they are {}", table.kind, fmt::join(known, ", "))
                 : fmt::format("no column of {}; did you mean \"{}\"?", table.kind, near));
      } else if (!place_.emplace(name, i).second) {
        tell(name, "the column stands twice");
      }
    }
    for (const Column& column : table.columns)
      if (column.required && !place_.contains(column.name))
        tell(column.name, fmt::format("the column is missing from {}", table.kind));
    return done_.mistakes.empty();
  }

  std::string_view field(std::string_view name) const {
    const auto found = place_.find(name);
    if (found == place_.end() || found->second >= row_->fields.size()) return {};
    return trim(row_->fields[found->second]);
  }

  const std::string& next_id() { return ids_[used_++]; }

  // As stored, with what the rows before this one would do.
  Result<std::optional<Account>*> account(const InstitutionId& id) {
    const auto known = accounts_.find(id);
    if (known != accounts_.end()) return &known->second;
    return &accounts_.emplace(id, TRY(records::account(reader_, id))).first->second;
  }

  // The account that a contact or asset hangs on; null when the row is a mistake for want of it.
  Result<Account*> owner() {
    const std::string id(field("institution"));
    std::optional<Account>* found = TRY(account(InstitutionId(id)));
    if (*found && !(*found)->institution.removed_at) return &**found;
    tell("institution", fmt::format("there is no institution \"{}\"; add it first", beginning(id)));
    return nullptr;
  }

  bool right(const Faults& faults) {
    for (const ShapeFault& fault : faults) tell(fault.path, fault.what);
    return faults.empty();
  }

  // Takes the events over, or the reason why not.
  bool take(Events events, bool is_new) {
    if (!events) {
      tell(events.error().subject, events.error().message);
      return false;
    }
    ++(events->empty() ? done_.unchanged : is_new ? done_.added : done_.changed);
    for (ledger::Event& event : *events) done_.events.push_back(std::move(event));
    return true;
  }

  template <class Row>
  static void keep(std::vector<Row>& rows, const Row& row) {
    const auto found = std::ranges::find(rows, row.id, &Row::id);
    if (found == rows.end())
      rows.push_back(row);
    else
      *found = row;
  }

  Status institution() {
    Faults faults;
    const Institution wanted = spelled({.id = InstitutionId(std::string(field("id"))),
                                        .name = std::string(field("name")),
                                        .territory = std::string(field("territory")),
                                        .time_zone = std::string(field("time_zone")),
                                        .language = std::string(field("language")),
                                        .aliases = several(field("aliases"))},
                                       cloud_, faults);
    if (!right(faults)) return {};
    std::optional<Account>& before = *TRY(account(wanted.id));
    if (!take(put(before, wanted, by_), !before)) return {};
    if (!before) before.emplace();
    before->institution = wanted;
    return {};
  }

  Status contact() {
    Faults faults;
    Contact wanted = spelled({.name = std::string(field("name")),
                              .email = std::string(field("email")),
                              .language = std::string(field("language")),
                              .products = several(field("products"))},
                             cloud_, faults);
    Account* account = TRY(owner());
    if (!right(faults) || account == nullptr) return {};
    wanted.institution = account->institution.id;
    const std::string email = lower_ascii(wanted.email);
    const auto known = std::ranges::find(account->contacts, email, [](const Contact& contact) {
      return lower_ascii(contact.email);
    });
    const bool is_new = known == account->contacts.end();
    wanted.id = is_new ? ContactId(next_id()) : known->id;
    if (take(put(*account, wanted, by_), is_new)) keep(account->contacts, wanted);
    return {};
  }

  Status asset() {
    Account* account = TRY(owner());
    Asset wanted{.product = std::string(field("product")),
                 .instance = std::string(field("instance"))};
    const auto zone = account == nullptr ? fail(ErrorCode::not_found, "no institution")
                                         : TimeZone::find(account->institution.time_zone);
    Faults faults;
    const auto time = [&](std::string_view name) -> WallTime {
      const auto read = time_from(field(name), zone ? *zone : TimeZone::utc());
      if (!read) faults.push_back({std::string(name), read.error().message});
      return read.value_or(WallTime{});
    };
    wanted.from = time("from");
    if (!field("until").empty()) wanted.until = time("until");
    wanted = spelled(std::move(wanted), cloud_, faults);
    if (!right(faults) || account == nullptr) return {};
    wanted.institution = account->institution.id;
    const auto known = std::ranges::find_if(account->assets, [&](const Asset& asset) {
      return asset.instance == wanted.instance && asset.from == wanted.from;
    });
    const bool is_new = known == account->assets.end();
    wanted.id = is_new ? AssetId(next_id()) : known->id;
    if (take(put(*account, wanted, by_), is_new)) keep(account->assets, wanted);
    return {};
  }

  std::span<const std::string> ids_;
  const inventory::Cloud& cloud_;
  store::Reader& reader_;
  std::string_view by_;
  Import done_;
  std::map<std::string, std::size_t, std::less<>> place_;  // of each column
  std::size_t columns_ = 0;
  std::size_t used_ = 0;         // of the ids
  const CsvRow* row_ = nullptr;  // null: the header
  std::map<InstitutionId, std::optional<Account>> accounts_;
};

}  // namespace

std::size_t ids_needed(std::string_view csv) {
  // A row ends with either; counting both asks for too many, never for too few.
  return static_cast<std::size_t>(
             std::ranges::count_if(csv, [](char c) { return c == '\n' || c == '\r'; })) +
         1;
}

Result<Import> plan_import(std::string_view csv, std::span<const std::string> ids,
                           const inventory::Cloud& cloud, store::Reader& reader,
                           std::string_view by) {
  const auto rows = read_csv(csv);
  if (!rows) return Import{.mistakes = {{0, "", rows.error().message}}};
  return Planner(ids, cloud, reader, by).run(*rows);
}

}  // namespace nocturn::customers
