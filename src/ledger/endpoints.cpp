#include "ledger/endpoints.h"

#include <boost/json.hpp>

namespace nocturn::ledger {
namespace {

using net::Call;
using net::Permission;

constexpr std::int64_t kMostEntries = 10'000;
constexpr std::int64_t kLongestPath = 4096;

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

// Who reads over the network must not write to the hub's disk.
Result<Json> write_export(const Desk& desk, const Call& call) {
  if (!call.request.local)
    return fail(ErrorCode::forbidden, "exports are written on the hub's own machine only");
  const Checkpoint covered = TRY(desk.ledger->publish());
  TRY_STATUS(desk.write_export(call.text("to")));
  return Json{{"size", covered.size}};
}

Shape entry_shape() {
  return shape::object(
      "Entry", "An event in its place in the ledger.",
      {{"index", shape::integer("Its number, from 0.", 0)},
       {"time", shape::time("When it was recorded.")},
       {"id", shape::text("UUIDv7.")},
       {"type", shape::text("Dotted, beginning with the folder that owns it.")},
       {"object", shape::text("What it is about; its class alone once it was erased.")},
       {"payload", shape::any("What it says, by its type; null once it was erased.")}});
}

net::EndpointSpec list_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/ledger/entries", Permission::read_ledger,
                         "Entries with payloads, from a number on or the newest."};
  spec.response = shape::object("Entries", "A page of the ledger.",
                                {{"entries", shape::list("The entries.", entry_shape())}});
  spec.query = {{"limit", shape::integer("How many at most.", 1, kMostEntries)},
                {"from", shape::integer("The first one's number.", 0)}};
  return spec;
}

net::EndpointSpec export_spec() {
  net::EndpointSpec spec{"POST", "/api/v1/ledger/export", Permission::read_ledger,
                         "Writes everything with payloads and salts to a folder or file of the hub;"
                         " over the Unix socket only."};
  spec.response = shape::object("Exported", "What was written.",
                                {{"size", shape::integer("How many entries.", 0)}});
  spec.request = shape::object(
      "ExportTo", "Where to write.",
      {{"to", shape::text("A new folder, or a new file ending in .jsonl.", 1, kLongestPath)}});
  spec.example = R"({"to": "/var/backups/ledger-2026-11"})";
  return spec;
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  return {{list_spec(), [desk](const Call& call) { return list(*desk.ledger, call); }},
          {export_spec(), [desk](const Call& call) { return write_export(desk, call); }}};
}

}  // namespace nocturn::ledger
