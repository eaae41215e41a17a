#include "ledger/endpoints.h"

#include <boost/json.hpp>

namespace nocturn::ledger {
namespace {

using net::Call;
using net::Permission;

constexpr std::int64_t kMostEntries = 10'000;

Result<Json> to_json(const Entry& entry) {
  Json payload = nullptr;
  if (!entry.event.payload.empty()) payload = TRY(parse_json(entry.event.payload));
  return Json{{"index", entry.index},
              {"time", to_rfc3339(entry.time)},
              {"id", entry.id},
              {"type", entry.event.type},
              {"object", entry.event.object},
              {"payload", std::move(payload)}};
}

// Entries from a number on; without one, the newest.
Result<Json> list(Ledger& ledger, const Call& call) {
  const std::int64_t limit = call.integer_parameter("limit").value_or(100);
  std::int64_t from = call.integer_parameter("from").value_or(-1);
  if (from < 0) {
    // A ledger that refuses to sign is still read, as far as it is signed.
    const auto newest = ledger.publish();
    const auto size = static_cast<std::int64_t>(newest ? newest->size : ledger.checkpoint().size);
    from = std::max<std::int64_t>(0, size - limit);
  }
  JsonArray entries;
  for (const Entry& entry :
       TRY(ledger.entries(static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(limit))))
    entries.push_back(TRY(to_json(entry)));
  return Json{{"entries", std::move(entries)}};
}

}  // namespace

std::vector<net::Endpoint> endpoints(
    Ledger& ledger, std::function<Status(const std::filesystem::path&)> write_export) {
  std::vector<net::Endpoint> table;
  table.push_back({{"GET",
                    "/api/v1/ledger/entries",
                    Permission::read_ledger,
                    "Entries with payloads, from a number on or the newest.",
                    shape::any("Entries."),
                    {},
                    {{"limit", shape::integer("How many at most.", 1, kMostEntries)},
                     {"from", shape::integer("The first one's number.", 0)}}},
                   [&ledger](const Call& call) { return list(ledger, call); }});
  table.push_back(
      {{"POST", "/api/v1/ledger/export", Permission::read_ledger,
        "Writes everything with payloads and salts to a folder or file of the hub.",
        shape::any("How many entries were written."),
        shape::object(
            "ExportTo", "Where to write.",
            {{"to", shape::text("A new folder, or a new file ending in .jsonl.", 1, 4096)}})},
       [&ledger, write_export](const Call& call) -> Result<net::Answer> {
         const Checkpoint covered = TRY(ledger.publish());
         TRY_STATUS(write_export(call.text("to")));
         return Json{{"size", covered.size}};
       }});
  return table;
}

}  // namespace nocturn::ledger
