#include "ledger/endpoints.h"

#include <charconv>

#include <boost/json.hpp>

namespace nocturn::ledger {
namespace {

using net::Call;
using net::Permission;

constexpr std::uint64_t kMostEntries = 10'000;

Result<std::int64_t> number(const Call& call, std::string_view name, std::int64_t otherwise) {
  const std::string_view text = call.request.parameter(name);
  if (text.empty()) return otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return fail(ErrorCode::invalid, "{} is \"{}\", not a number", name, text);
  return value;
}

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
  const std::int64_t limit = TRY(number(call, "limit", 100));
  if (limit < 1 || limit > static_cast<std::int64_t>(kMostEntries))
    return fail(ErrorCode::invalid, "limit must be from 1 to {}", kMostEntries);
  std::int64_t from = TRY(number(call, "from", -1));
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
  table.push_back({{"GET", "/api/v1/ledger/entries", Permission::read_ledger,
                    "Entries with payloads, from a number on or the newest."},
                   [&ledger](const Call& call) { return list(ledger, call); }});
  table.push_back({{"POST", "/api/v1/ledger/export", Permission::read_ledger,
                    "Writes everything with payloads and salts to a folder or file of the hub."},
                   [&ledger, write_export](const Call& call) -> Result<Json> {
                     const Json body = TRY(call.body());
                     const Json* to =
                         body.is_object() ? body.get_object().if_contains("to") : nullptr;
                     if (to == nullptr || !to->is_string())
                       return fail(ErrorCode::invalid,
                                   "\"to\" is missing: name a new folder or "
                                   "a new file ending in .jsonl");
                     const Checkpoint covered = TRY(ledger.publish());
                     TRY_STATUS(write_export(std::string(to->get_string())));
                     return Json{{"size", covered.size}};
                   }});
  return table;
}

}  // namespace nocturn::ledger
