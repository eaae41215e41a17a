#include <unistd.h>

#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"
#include "ledger/verify.h"

namespace nocturn::cli {
namespace {

constexpr const char* kHere = ".nocturn/data/ledger";

bool is_url(std::string_view place) {
  return place.starts_with("http://") || place.starts_with("https://");
}

// The files of a ledger: a folder, or what a hub serves below its URL.
ledger::Fetch files_of(const std::string& place) {
  if (!is_url(place)) return ledger::files_in(place);
  std::string base = place;
  while (base.ends_with('/')) base.pop_back();
  return [base](std::string_view path) { return download(base + "/" + std::string(path)); };
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, "cannot be read");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Verify {
  std::string place = kHere;
  std::string key;
  std::filesystem::path kept;
};

// A place that is not there says nothing about a ledger.
Status is_there(const std::string& place) {
  std::error_code ignored;
  if (is_url(place) || std::filesystem::exists(place, ignored)) return {};
  return fail(
      ErrorCode::invalid,
      "{}: not there; name the folder of a ledger, such as .nocturn/data/ledger, or its URL",
      place);
}

// The key to check with: the one given, or the one that lies with the ledger itself, which only
// proves that the ledger agrees with itself.
Result<std::string> key_for(const Verify& request, const ledger::Fetch& fetch) {
  if (!request.key.empty()) return request.key;
  const std::string own = TRY(about(request.place, fetch("vkey")));
  fmt::print(stderr,
             "nocturn: no --key given: checking with the ledger's own key, which proves only that "
             "it agrees with itself\n");
  return std::string(trim(own));
}

ledger::Progress progress() {
  if (::isatty(STDERR_FILENO) == 0) return {};
  return [](std::uint64_t done, std::uint64_t of) {
    fmt::print(stderr, "\r{} of {} entries{}", done, of, done == of ? "\n" : "");
  };
}

Result<int> verify(const Shared& shared, const Verify& request) {
  TRY_STATUS(is_there(request.place));
  const bool lines = !is_url(request.place) && std::filesystem::is_regular_file(request.place);
  ledger::Expectation expected;
  if (!request.kept.empty())
    expected.kept_checkpoint = TRY(about(request.kept.string(), read_file(request.kept)));
  const ledger::Fetch fetch = files_of(request.place);
  if (lines && request.key.empty())
    return fail(ErrorCode::invalid, "an export is checked against a key you know: add --key");
  expected.verifier_key = TRY(key_for(request, fetch));
  const ledger::Report report = lines
                                    ? TRY(ledger::verify_lines(request.place, expected, progress()))
                                    : TRY(ledger::verify(fetch, expected, progress()));
  if (shared.json) {
    JsonArray faults;
    for (const ledger::Fault& fault : report.faults)
      faults.push_back({{"where", fault.where}, {"what", fault.what}});
    fmt::print("{}\n", boost::json::serialize(Json{{"origin", report.origin},
                                                   {"size", report.size},
                                                   {"root", report.root},
                                                   {"entries", report.entries},
                                                   {"tiles", report.tiles},
                                                   {"sound", report.sound()},
                                                   {"faults", faults}}));
  } else {
    for (const ledger::Fault& fault : report.faults)
      fmt::print("{}: {}\n", fault.where, fault.what);
    fmt::print("{}: {} entries, {} tiles, root {}: {}\n", report.origin, report.entries,
               report.tiles, report.root, report.sound() ? "sound" : "NOT SOUND");
  }
  return report.sound() ? 0 : 1;
}

Result<int> prove(const Verify& request, std::uint64_t index) {
  TRY_STATUS(is_there(request.place));
  const ledger::Fetch fetch = files_of(request.place);
  const std::string key = TRY(key_for(request, fetch));
  fmt::print("{}", TRY(ledger::prove(fetch, key, index)));
  return 0;
}

Result<int> list(const Shared& shared, std::int64_t from, std::uint64_t limit) {
  std::string path = fmt::format("/api/v1/ledger/entries?limit={}", limit);
  if (from >= 0) path += fmt::format("&from={}", from);
  const Json answer = TRY(call_hub(shared, "GET", path, nullptr));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& entry : answer.as_object().at("entries").as_array())
    cells.push_back({text_of(entry, "index"), time_of(entry, "time", shared.utc),
                     text_of(entry, "type"), text_of(entry, "object")});
  if (cells.empty()) {
    fmt::print("no entry there\n");
  } else {
    fmt::print("{}", table({"INDEX", "TIME", "TYPE", "OBJECT"}, cells));
  }
  return 0;
}

Result<int> export_to(const Shared& shared, const std::filesystem::path& to) {
  const auto place = std::filesystem::absolute(to).lexically_normal().string();
  const Json answer = TRY(call_hub(shared, "POST", "/api/v1/ledger/export", {{"to", place}}));
  fmt::print("{} entries are in {}\n", text_of(answer, "size"), place);
  return 0;
}

}  // namespace

void add_ledger(CLI::App& app, Run& run, Shared& shared, const Programs& programs) {
  CLI::App* noun = app.add_subcommand("ledger", "the tamper-evident record of everything");
  noun->require_subcommand(1);
  auto request = std::make_shared<Verify>();
  const auto takes_place = [&](CLI::App* verb) {
    verb->add_option("place", request->place, "folder, or URL ending in /ledger")
        ->capture_default_str();
    verb->add_option("--key", request->key, "the verifier key (vkey) you were told");
  };

  CLI::App* verifying = noun->add_subcommand(
      "verify", "rebuild the tree from every entry and compare every tile; needs no hub");
  takes_place(verifying);
  verifying
      ->add_option("--kept", request->kept, "a checkpoint you kept: the ledger must go on from it")
      ->type_name("FILE");
  verifying->callback(
      [&run, &shared, request] { run = [&shared, request] { return verify(shared, *request); }; });

  auto index = std::make_shared<std::uint64_t>(0);
  CLI::App* proving = noun->add_subcommand("proof", "the proof that an entry is in the ledger");
  proving->add_option("index", *index, "number of the entry")->required();
  takes_place(proving);
  proving->callback(
      [&run, request, index] { run = [request, index] { return prove(*request, *index); }; });

  auto from = std::make_shared<std::int64_t>(-1);
  auto limit = std::make_shared<std::uint64_t>(50);
  CLI::App* listing =
      noun->add_subcommand("entries", "the newest entries first, or those from a number on");
  listing->add_option("--from", *from, "first entry; without it the newest are shown");
  listing->add_option("--limit", *limit, "how many")
      ->capture_default_str()
      ->check(CLI::Range(1, 9999));
  listing->callback([&run, &shared, from, limit] {
    run = [&shared, from, limit] { return list(shared, *from, *limit); };
  });

  auto to = std::make_shared<std::filesystem::path>();
  CLI::App* exporting = noun->add_subcommand(
      "export", "everything with payloads and salts, to keep and check elsewhere");
  exporting->add_option("to", *to, "a new folder, or a new file ending in .jsonl")->required();
  exporting->callback(
      [&run, &shared, to] { run = [&shared, to] { return export_to(shared, *to); }; });

  auto place = std::make_shared<std::string>(".nocturn/data/nocturn.db");
  CLI::App* replaying = noun->add_subcommand(
      "replay", "whether a stopped hub's tables are what its ledger says, row by row");
  replaying->add_option("database", *place, "file or postgresql:// URL")->capture_default_str();
  replaying->callback([&run, &programs, place] {
    run = [&programs, place]() -> Result<int> { return programs.replay(*place); };
  });
  noun->footer(
      "examples:\n  nocturn ledger verify https://status.example.org/ledger --key …\n"
      "  nocturn ledger verify .nocturn/data/ledger --kept yesterday.checkpoint\n"
      "  nocturn ledger proof 42 .nocturn/data/ledger");
}

}  // namespace nocturn::cli
