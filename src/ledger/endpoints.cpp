#include "ledger/endpoints.h"

#include <charconv>

#include <boost/json.hpp>

#include "base/text.h"
#include "ledger/proof.h"

namespace nocturn::ledger {
namespace {

using net::Call;
using net::Permission;

constexpr std::int64_t kMostEntries = 9'999;  // with one more, what the ledger reads at once
constexpr std::int64_t kLongestPath = 4096;
constexpr std::int64_t kLongestName = 512;

// What a personal entry says is for those who may read about people; that it exists is public.
bool is_withheld(const Entry& entry, const Call& call) {
  return entry.event.sensitivity == Sensitivity::personal && !call.may(Permission::read_people);
}

Result<Json> to_json(const Entry& entry, bool withheld) {
  Json payload = nullptr;
  if (!withheld && !entry.event.payload.empty()) payload = TRY(parse_json(entry.event.payload));
  return Json{{"index", entry.index},
              {"time", to_rfc3339(entry.time)},
              {"id", entry.id},
              {"type", entry.event.type},
              {"object", entry.event.object},
              {"class", name_of(entry.event.sensitivity)},
              {"withheld", withheld},
              {"payload", std::move(payload)}};
}

Result<std::uint64_t> number_in(std::string_view text, std::string_view what) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(ErrorCode::invalid, "{}", what);
  return number;
}

// A cursor says where to go on and in which direction: ">124" from there, "<124" before it.
Status follow(const std::string& cursor, EntryQuery& query) {
  if (cursor.empty()) return {};
  const std::uint64_t number =
      TRY(number_in(std::string_view(cursor).substr(1), "cursor is none that this list gave out"));
  query.from.reset();
  query.before.reset();
  (cursor[0] == '>' ? query.from : query.before) = number;
  return {};
}

Result<EntryQuery> query_of(const Call& call) {
  EntryQuery query{.from = {},
                   .before = {},
                   .type = call.parameter("type").value_or(""),
                   .object = call.parameter("object").value_or("")};
  if (const auto from = call.integer_parameter("from"))
    query.from = static_cast<std::uint64_t>(*from);
  if (const auto before = call.integer_parameter("before"))
    query.before = static_cast<std::uint64_t>(*before);
  if (query.from && query.before)
    return fail(ErrorCode::invalid, "from lists upwards and before downwards: give one of them");
  const net::PageRequest page = TRY(net::page_of(call));
  query.limit = page.limit;
  TRY_STATUS(follow(page.after, query));
  return query;
}

Result<Json> list(const Desk& desk, const Call& call) {
  EntryQuery query = TRY(query_of(call));
  const std::uint64_t limit = query.limit++;  // one more tells whether there is a next page
  auto found = TRY(desk.ledger->find(query));
  Json next = nullptr;
  if (found.size() > limit) {
    found.resize(limit);
    const std::uint64_t last = found.back().index;
    next = net::cursor_after(query.from ? fmt::format(">{}", last + 1) : fmt::format("<{}", last));
  }
  JsonArray entries;
  for (const Entry& entry : found) entries.push_back(TRY(to_json(entry, is_withheld(entry, call))));
  return Json{{"entries", std::move(entries)}, {"next", std::move(next)}};
}

Result<Json> show(const Desk& desk, const Call& call) {
  const std::uint64_t index =
      TRY(number_in(call.path_parameter("index"), "the number of an entry is a whole number"));
  const Sealed sealed = TRY(desk.ledger->sealed(index));
  if (desk.ledger->checkpoint().size <= index) TRY_STATUS(desk.ledger->publish());
  const std::string proof = TRY(desk.ledger->proof(index));
  const bool withheld = is_withheld(sealed.entry, call);
  const bool open = !withheld && !sealed.salt.empty();
  return Json{{"entry", TRY(to_json(sealed.entry, withheld))},
              {"payload_text", open ? Json(sealed.entry.event.payload) : Json(nullptr)},
              {"salt", open ? Json(to_base64(as_bytes(sealed.salt))) : Json(nullptr)},
              {"leaf", to_base64(as_bytes(sealed.leaf))},
              {"proof", proof},
              {"checkpoint", TRY(parse_proof(proof)).checkpoint},
              {"verifier_key", desk.ledger->verifier_key()}};
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
       {"class", shape::choice("Who may be given the payload.", {"open", "internal", "personal"})},
       {"withheld", shape::boolean("It is personal, and you lack the right read_people.")},
       {"payload", shape::any("What it says, by its type; null when erased or withheld.")}});
}

net::EndpointSpec list_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/ledger/entries", Permission::read_ledger,
                         "Entries with payloads: newest first, or upwards from a number."};
  spec.response =
      shape::object("Entries", "A page of the ledger.",
                    {{"entries", shape::list("The entries.", entry_shape())}, net::next_field()});
  spec.query = net::page_parameters(kMostEntries);
  spec.query.push_back({"from", shape::integer("List upwards from this number.", 0)});
  spec.query.push_back({"before", shape::integer("List downwards from before this number.", 0)});
  spec.query.push_back({"type", shape::text("Only of this type.", 1, kLongestName)});
  spec.query.push_back({"object", shape::text("Only about this object.", 1, kLongestName)});
  return spec;
}

net::EndpointSpec show_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/ledger/entries/{index}", Permission::read_ledger,
                         "One entry with all that is needed to check it without trusting the hub."};
  spec.response = shape::object(
      "ProvenEntry",
      "An entry and its proof: SHA-256(salt, payload_text) is the leaf's commit; the leaf is in "
      "the tree that the checkpoint signs (docs/ledger.md).",
      {{"entry", entry_shape()},
       {"payload_text", shape::text("The payload's bytes as they were hashed; null when erased or "
                                    "withheld.")
                            .or_null()},
       {"salt", shape::text("Base64; null when erased or withheld.").or_null()},
       {"leaf", shape::text("The public envelope, base64.")},
       {"proof", shape::text("In the form c2sp.org/tlog-proof@v1.")},
       {"checkpoint", shape::text("The signed note that the proof leads to.")},
       {"verifier_key", shape::text("Of the checkpoint, as signed-note vkey.")}});
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
  return {{list_spec(), [desk](const Call& call) { return list(desk, call); }},
          {show_spec(), [desk](const Call& call) { return show(desk, call); }},
          {export_spec(), [desk](const Call& call) { return write_export(desk, call); }}};
}

}  // namespace nocturn::ledger
