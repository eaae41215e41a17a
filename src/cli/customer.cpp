#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"

namespace nocturn::cli {
namespace {

constexpr const char* kPath = "/api/v1/customers";
constexpr std::size_t kMostTableBytes = 16 << 20;

struct Wanted {
  std::string id, name, territory, zone, language, text, file, contact, product, from, to, when,
      until;
  std::vector<std::string> aliases, products;
  bool dry_run = false;
};

std::string path_of(const std::string& id) { return fmt::format("{}/{}", kPath, escape_url(id)); }

Result<int> list_customers(const Shared& shared, const Wanted& wanted) {
  std::string path = fmt::format("{}?limit=1000", kPath);
  if (!wanted.text.empty()) path += "&q=" + escape_url(wanted.text);
  if (!wanted.territory.empty()) path += "&territory=" + escape_url(wanted.territory);
  const JsonArray rows = TRY(all_pages(shared, path, "institutions"));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(JsonObject{{"institutions", rows}}));
    return 0;
  }
  if (rows.empty()) {
    fmt::print("{}\n", wanted.text.empty() && wanted.territory.empty()
                           ? "no customers yet; add one, or take many in with nocturn customer "
                             "import FILE --dry-run"
                           : "no customer is called like that");
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& row : rows)
    cells.push_back({text_of(row, "id"), text_of(row, "name"), text_of(row, "territory"),
                     text_of(row, "time_zone"), text_of(row, "language")});
  fmt::print("{}", table({"ID", "NAME", "TERRITORY", "ZONE", "LANGUAGE"}, cells));
  return 0;
}

std::string joined(const Json& list) {
  std::string text;
  for (const Json& each : list.as_array())
    text += (text.empty() ? "" : " | ") + std::string(each.as_string());
  return text.empty() ? "-" : text;
}

Result<int> show_customer(const Shared& shared, const Wanted& wanted) {
  const Json answer = TRY(call_hub(shared, "GET", path_of(wanted.id), nullptr));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return 0;
  }
  const JsonObject& account = answer.as_object();
  const Json& institution = account.at("institution");
  fmt::print(
      "{}\n  id         {}\n  territory  {}\n  zone       {}\n  language   {}\n"
      "  aliases    {}\n\n",
      text_of(institution, "name"), text_of(institution, "id"), text_of(institution, "territory"),
      text_of(institution, "time_zone"), text_of(institution, "language"),
      joined(institution.as_object().at("aliases")));
  std::vector<std::vector<std::string>> cells;
  for (const Json& asset : account.at("assets").as_array()) {
    const bool open = asset.as_object().at("until").is_null();
    cells.push_back({text_of(asset, "product"), text_of(asset, "instance"),
                     time_of(asset, "from", shared.utc),
                     open ? "-" : time_of(asset, "until", shared.utc)});
  }
  fmt::print("{}\n", table({"PRODUCT", "INSTANCE", "FROM", "UNTIL"}, cells));
  cells.clear();
  for (const Json& contact : account.at("contacts").as_array())
    cells.push_back({text_of(contact, "name"), text_of(contact, "email"),
                     joined(contact.as_object().at("products"))});
  fmt::print("{}", table({"CONTACT", "E-MAIL", "PRODUCTS"}, cells));
  return 0;
}

Result<int> add_customer(const Shared& shared, const Wanted& wanted) {
  JsonObject body{{"id", wanted.id},
                  {"name", wanted.name.empty() ? wanted.id : wanted.name},
                  {"territory", wanted.territory},
                  {"time_zone", wanted.zone},
                  {"language", wanted.language.empty() ? "en" : wanted.language},
                  {"aliases", JsonArray(wanted.aliases.begin(), wanted.aliases.end())}};
  const Json answer = TRY(call_hub(shared, "POST", kPath, body));
  if (shared.json)
    fmt::print("{}\n", boost::json::serialize(answer));
  else
    fmt::print("{} is a customer\n", text_of(answer, "name"));
  return 0;
}

Result<std::string> read_file(const std::string& file) {
  std::ostringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file))
    return fail(ErrorCode::invalid, "{}: cannot be read", file);
  text << in.rdbuf();
  return text.str();
}

Result<std::string> read_table(const std::string& file) {
  std::string csv = TRY(read_file(file));
  if (csv.empty()) return fail(ErrorCode::invalid, "{}: the table is empty", file);
  if (csv.size() > kMostTableBytes)
    return fail(ErrorCode::invalid, "{}: larger than 16 MiB; take it in parts", file);
  if (!is_utf8(csv))
    return fail(ErrorCode::invalid, "{}: not in UTF-8; save it with that encoding", file);
  return csv;
}

std::string many(std::int64_t count, std::string_view one, std::string_view several) {
  return fmt::format("{} {}", count, count == 1 ? one : several);
}

Result<int> import_customers(const Shared& shared, const Wanted& wanted) {
  const std::string csv = TRY(read_table(wanted.file));
  const Json answer = TRY(call_hub(shared, "POST", fmt::format("{}/import", kPath),
                                   JsonObject{{"csv", csv}, {"dry_run", wanted.dry_run}}));
  const JsonObject& done = answer.as_object();
  const JsonArray& mistakes = done.at("mistakes").as_array();
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return mistakes.empty() ? 0 : 2;
  }
  for (const Json& mistake : mistakes) {
    const std::int64_t line = mistake.as_object().at("line").as_int64();
    const std::string field = text_of(mistake, "field");
    fmt::print(stderr, "{}{}: {}{}\n", wanted.file, line == 0 ? "" : fmt::format(":{}", line),
               field.empty() ? "" : field + ": ", text_of(mistake, "what"));
  }
  const auto count = [&](const char* name) { return done.at(name).as_int64(); };
  if (!mistakes.empty()) {
    fmt::print(stderr, "nothing was imported: {} in {}\n",
               many(static_cast<std::int64_t>(mistakes.size()), "mistake", "mistakes"),
               many(count("rows"), "row", "rows"));
    return 2;
  }
  fmt::print("{}: {} {}, {} {}, {} as they were\n", text_of(answer, "kind"), count("added"),
             wanted.dry_run ? "would be added" : "added", count("changed"),
             wanted.dry_run ? "would be changed" : "changed", count("unchanged"));
  return 0;
}

Result<int> add_contact(const Shared& shared, const Wanted& wanted) {
  JsonObject body{{"name", wanted.name.empty() ? wanted.contact : wanted.name},
                  {"email", wanted.contact},
                  {"products", JsonArray(wanted.products.begin(), wanted.products.end())}};
  if (!wanted.language.empty()) body["language"] = wanted.language;
  const Json answer = TRY(call_hub(shared, "POST", path_of(wanted.id) + "/contacts", body));
  if (shared.json)
    fmt::print("{}\n", boost::json::serialize(answer));
  else
    fmt::print("{} is a contact of {} for {}\n", text_of(answer, "name"), wanted.id,
               wanted.products.empty() ? "no product" : joined(answer.as_object().at("products")));
  return 0;
}

void print_use(const Shared& shared, const Wanted& wanted, const Json& asset) {
  if (shared.json) return fmt::print("{}\n", boost::json::serialize(asset));
  const bool open = asset.as_object().at("until").is_null();
  fmt::print("{} uses {} at {} from {}{}\n", wanted.id, text_of(asset, "product"),
             text_of(asset, "instance"), time_of(asset, "from", shared.utc),
             open ? "" : " until " + time_of(asset, "until", shared.utc));
}

Result<int> add_asset(const Shared& shared, const Wanted& wanted) {
  JsonObject body{{"product", wanted.product}, {"instance", wanted.to}};
  if (!wanted.when.empty()) body["from"] = wanted.when;
  if (!wanted.until.empty()) body["until"] = wanted.until;
  print_use(shared, wanted, TRY(call_hub(shared, "POST", path_of(wanted.id) + "/assets", body)));
  return 0;
}

// The account asset there that holds now or is still to come.
Result<std::string> asset_at(const Shared& shared, const Wanted& wanted) {
  const Json answer = TRY(call_hub(shared, "GET", path_of(wanted.id), nullptr));
  std::string id;
  for (const Json& asset : answer.as_object().at("assets").as_array())
    if (text_of(asset, "instance") == wanted.from) id = text_of(asset, "id");  // by time
  if (id.empty())
    return fail(ErrorCode::not_found, "{} has no account asset at {}", wanted.id, wanted.from);
  return id;
}

Result<int> move_customer(const Shared& shared, const Wanted& wanted) {
  const std::string asset = TRY(asset_at(shared, wanted));
  JsonObject body{{"instance", wanted.to}};
  if (!wanted.when.empty()) body["from"] = wanted.when;
  const Json answer = TRY(
      call_hub(shared, "POST", fmt::format("{}/assets/{}/move", path_of(wanted.id), asset), body));
  print_use(shared, wanted, answer);
  return 0;
}

Result<int> remove_customer(const Shared& shared, const Wanted& wanted) {
  TRY(call_hub(shared, "DELETE", path_of(wanted.id), nullptr));
  fmt::print("{} is removed; its account assets ended, its contacts are gone, the history stays\n",
             wanted.id);
  return 0;
}

// By e-mail address or id; an id that nobody has any more is taken as it is.
Result<std::string> contact_path(const Shared& shared, const Wanted& wanted) {
  const Json answer = TRY(call_hub(shared, "GET", path_of(wanted.id), nullptr));
  std::string id = wanted.contact;
  for (const Json& contact : answer.as_object().at("contacts").as_array())
    if (lower_ascii(text_of(contact, "email")) == lower_ascii(wanted.contact))
      id = text_of(contact, "id");
  return fmt::format("{}/contacts/{}", path_of(wanted.id), escape_url(id));
}

Result<int> export_contact(const Shared& shared, const Wanted& wanted) {
  const std::string path = TRY(contact_path(shared, wanted));
  fmt::print("{}\n",
             boost::json::serialize(TRY(call_hub(shared, "GET", path + "/export", nullptr))));
  return 0;
}

Result<int> erase_contact(const Shared& shared, const Wanted& wanted) {
  const std::string path = TRY(contact_path(shared, wanted));
  const Json answer = TRY(call_hub(shared, "POST", path + "/erasure", nullptr));
  fmt::print("{} is erased, with what the ledger told of them in {}\n", wanted.contact,
             many(answer.as_object().at("erased").as_int64(), "entry", "entries"));
  return 0;
}

}  // namespace

void add_customer(CLI::App& app, Run& run, Shared& shared) {
  CLI::App* noun = app.add_subcommand("customer", "institutions, their contacts and what they use");
  noun->require_subcommand(1);
  auto wanted = std::make_shared<Wanted>();
  const auto verb = [&](const char* name, const char* sentence,
                        Result<int> (*act)(const Shared&, const Wanted&)) {
    CLI::App* command = noun->add_subcommand(name, sentence);
    command->callback([&run, &shared, wanted, act] {
      run = [&shared, wanted, act] { return act(shared, *wanted); };
    });
    return command;
  };
  const auto on_customer = [&](const char* name, const char* sentence,
                               Result<int> (*act)(const Shared&, const Wanted&)) {
    CLI::App* command = verb(name, sentence, act);
    command->add_option("customer", wanted->id, "the institution's id")->required();
    return command;
  };
  CLI::App* list = verb("list", "institutions, or those called like that", list_customers);
  list->add_option("text", wanted->text, "part of an id, a name or an alias");
  list->add_option("--territory", wanted->territory, "only those of this territory");
  on_customer("show", "one institution with account assets and contacts", show_customer);
  CLI::App* add = on_customer("add", "add an institution", add_customer);
  add->add_option("--name", wanted->name, "its full name");
  add->add_option("--territory", wanted->territory, "one of the cloud's")->required();
  add->add_option("--zone", wanted->zone, "its time zone, such as Europe/Amsterdam")->required();
  add->add_option("--language", wanted->language, "en or he; en if not said");
  add->add_option("--alias", wanted->aliases, "another name of it; repeat it");
  CLI::App* import = verb("import", "add and change many by a CSV table", import_customers);
  import->add_option("file", wanted->file, "the table, or - for standard input")->required();
  import->add_flag("--dry-run", wanted->dry_run, "only tell what it would do");
  CLI::App* move = on_customer("move", "move an account asset to another instance", move_customer);
  move->add_option("from", wanted->from, "the instance that it is at")->required();
  move->add_option("to", wanted->to, "the instance of the same product that it goes to")
      ->required();
  move->add_option("--at", wanted->when, "when, such as 2026-11-22T09:30:00Z; now if not said");
  CLI::App* contact = on_customer("add-contact", "add a person whom notices reach", add_contact);
  contact->add_option("email", wanted->contact, "e-mail address")->required();
  contact->add_option("--name", wanted->name, "as letters greet them");
  contact->add_option("--language", wanted->language, "en or he; the institution's if not said");
  contact->add_option("--product", wanted->products, "what they hear of; repeat it");
  CLI::App* asset = on_customer("add-asset", "say what the institution uses, and where", add_asset);
  asset->add_option("product", wanted->product, "one of the cloud's")->required();
  asset->add_option("instance", wanted->to, "an instance of that product")->required();
  asset->add_option("--from", wanted->when, "such as 2026-11-22T09:30:00Z; now if not said");
  asset->add_option("--until", wanted->until, "its end, if that is known");
  on_customer("remove", "remove an institution; its history stays", remove_customer);
  on_customer("export", "all that is kept about a contact, as JSON", export_contact)
      ->add_option("contact", wanted->contact, "e-mail address or id")
      ->required();
  on_customer("erase", "remove a contact and all that tells of them", erase_contact)
      ->add_option("contact", wanted->contact, "e-mail address or id")
      ->required();
  noun->footer(
      "examples:\n  nocturn customer add northgate --name \"Northgate University\" "
      "--territory emea --zone Europe/Amsterdam\n"
      "  nocturn customer add-asset northgate catalog catalog-eu01\n"
      "  nocturn customer add-contact northgate mary@northgate.example --name \"Mary Reed\" "
      "--product catalog\n"
      "  nocturn customer import institutions.csv --dry-run\n"
      "  nocturn customer show northgate\n"
      "  nocturn customer erase northgate mary@northgate.example");
}

}  // namespace nocturn::cli
