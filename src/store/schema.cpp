#include "store/schema.h"

#include <algorithm>

namespace nocturn::store {
namespace {

constexpr const char* kSqliteColumns =
    "SELECT t.name, c.name, LOWER(c.type), c.\"notnull\", c.pk"
    " FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c"
    " WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

constexpr const char* kPostgresqlColumns =
    "SELECT t.relname::TEXT, c.attname::TEXT,"
    " CASE c.atttypid WHEN 'int8'::regtype THEN 'integer' WHEN 'float8'::regtype THEN 'real'"
    "  WHEN 'bytea'::regtype THEN 'blob' ELSE FORMAT_TYPE(c.atttypid, NULL) END,"
    " c.attnotnull, COALESCE(ARRAY_POSITION(k.conkey, c.attnum), 0)"
    " FROM pg_class AS t"
    " JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped"
    " LEFT JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'p'"
    " WHERE t.relkind = 'r' AND t.relnamespace = CURRENT_SCHEMA()::regnamespace";

}  // namespace

Result<std::vector<std::string>> describe_schema(Database& database) {
  std::vector<std::string> columns;
  TRY_STATUS(database.read([&](Reader& reader) {
    return reader.query({kSqliteColumns, kPostgresqlColumns}, {}, [&](const Row& row) {
      const std::int64_t key = row.integer(4);
      // A key is never null; SQLite does not say so of INTEGER PRIMARY KEY.
      columns.push_back(fmt::format("{}.{} {}{}{}", row.text(0), row.text(1), row.text(2),
                                    row.integer(3) != 0 || key > 0 ? " not null" : "",
                                    key > 0 ? fmt::format(" key {}", key) : ""));
    });
  }));
  std::ranges::sort(columns);
  return columns;
}

}  // namespace nocturn::store
