#include <map>

#include "base/log.h"
#include "store/sql_text.h"
#include "store/store.h"

namespace nocturn::store {
namespace {

constexpr const char* kApplied =
    "CREATE TABLE IF NOT EXISTS store_migrations ("
    " module TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,"
    " PRIMARY KEY (module, number)) STRICT";

using Digests = std::map<std::int64_t, std::string>;

Result<Digests> applied_to(Reader& reader, std::string_view module) {
  Digests digests;
  TRY_STATUS(reader.query("SELECT number, digest FROM store_migrations WHERE module = ?", {module},
                          [&](const Row& row) { digests.emplace(row.integer(0), row.text(1)); }));
  return digests;
}

// What the database has must be the beginning of what the program knows.
Status check_history(const ModuleMigrations& module, const Digests& applied, Backend backend) {
  int number = 0;
  for (const Migration& migration : module.migrations) {
    CHECK(migration.number == ++number);
    const auto found = applied.find(number);
    if (found == applied.end()) continue;
    const Sql& sql = migration.sql;
    const auto text = backend == Backend::sqlite ? sql.sqlite : sql.postgresql;
    if (found->second != text_digest(text)) {
      return fail(ErrorCode::conflict, "migration {} ({}) was changed after it had been applied",
                  number, migration.name);
    }
  }
  if (!applied.empty() && applied.rbegin()->first > number) {
    return fail(ErrorCode::conflict,
                "the database has migration {}, this program knows only {}: it is older than its "
                "data",
                applied.rbegin()->first, number);
  }
  return {};
}

}  // namespace

Status Database::migrate(std::span<const ModuleMigrations> modules) {
  const auto text_for_us = [&](const Sql& sql) {
    return backend() == Backend::sqlite ? sql.sqlite : sql.postgresql;
  };
  const auto bring_up = [&](const ModuleMigrations& module) -> Status {
    const Digests applied = TRY(applied_to(transaction(), module.module));
    TRY_STATUS(check_history(module, applied, backend()));
    for (const Migration& migration : module.migrations) {
      if (applied.contains(migration.number)) continue;
      const auto text = text_for_us(migration.sql);
      TRY_STATUS(about(migration.name, run_script(text)));
      if (migration.then) TRY_STATUS(about(migration.name, migration.then(transaction())));
      TRY(transaction().execute(
          "INSERT INTO store_migrations (module, number, name, digest) VALUES (?, ?, ?, ?)",
          {module.module, std::int64_t{migration.number}, migration.name,
           std::string_view(text_digest(text))}));
      log::debug("store", "schema brought up",
                 {{"of", module.module}, {"number", migration.number}, {"name", migration.name}});
    }
    return {};
  };
  Status status = begin();
  if (status) status = run_script(kApplied);
  for (const ModuleMigrations& module : modules)
    if (status) status = about(module.module, bring_up(module));
  if (status) status = commit();
  if (!status) roll_back();
  return status;
}

Status Database::check_schema(std::span<const ModuleMigrations> modules) {
  return read([&](Reader& reader) -> Status {
    for (const ModuleMigrations& module : modules) {
      const Digests applied = TRY(applied_to(reader, module.module));
      TRY_STATUS(about(module.module, check_history(module, applied, backend())));
      if (applied.size() < module.migrations.size())
        return fail(ErrorCode::conflict,
                    "an older program wrote this database: start the hub on it once, which brings "
                    "it up to date");
    }
    return {};
  });
}

}  // namespace nocturn::store
