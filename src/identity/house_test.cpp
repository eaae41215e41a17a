#include "identity/house_test.h"

#include <algorithm>

#include "api/router.h"
#include "base/text.h"
#include "identity/endpoints.h"
#include "support/sample_ledger.h"

namespace nocturn::identity {
namespace {

constexpr ledger::Applier kAppliers[] = {{"identity.", apply}};

constexpr const char* kTables[] = {
    "identity_people",      "identity_accounts", "identity_grants", "identity_recovery_codes",
    "identity_invitations", "identity_sessions", "identity_tokens"};

std::unique_ptr<store::Database> open_database(const std::string& place) {
  auto database = store::Database::open(place);
  EXPECT_TRUE(database) << database.error().text();
  const store::ModuleMigrations modules[] = {{"ledger", ledger::migrations()},
                                             {"identity", migrations()}};
  const Status migrated = (*database)->migrate(modules);
  EXPECT_TRUE(migrated) << migrated.error().text();
  return std::move(*database);
}

std::vector<std::string> rows_of(store::Database& database, const std::string& table) {
  std::vector<std::string> rows;
  const Status read = database.read([&](store::Reader& reader) -> Status {
    std::string columns;
    TRY_STATUS(reader.query(
        "SELECT name FROM pragma_table_info(?) ORDER BY name", {table}, [&](const store::Row& row) {
          columns += fmt::format("{}COALESCE(CAST({} AS TEXT), 'null')",
                                 columns.empty() ? "" : " || ' ' || ", row.text(0));
        }));
    const std::string sql = fmt::format("SELECT {} FROM {}", columns, table);
    return reader.query(sql.c_str(), {},
                        [&](const store::Row& row) { rows.emplace_back(row.text(0)); });
  });
  EXPECT_TRUE(read) << read.error().text();
  std::ranges::sort(rows);
  return rows;
}

void keep_cookie(Client& client, std::string_view header) {
  const std::size_t equals = header.find('='), semicolon = header.find(';');
  const std::string name(header.substr(0, equals));
  const std::string value(header.substr(equals + 1, semicolon - equals - 1));
  if (header.contains("Max-Age=0") || value.empty()) {
    client.cookies.erase(name);
  } else {
    client.cookies[name] = value;
  }
}

std::string after_last_slash(const std::string& url) { return url.substr(url.rfind('/') + 1); }

}  // namespace

std::string Reply::header(std::string_view name) const {
  for (const net::Header& each : headers)
    if (each.name == name) return each.value;
  return "";
}

std::string Reply::text(std::string_view name) const {
  const JsonObject* object = body.if_object();
  const Json* value = object ? object->if_contains(name) : nullptr;
  return value && value->is_string() ? std::string(value->get_string()) : "";
}

void Client::set(std::string name, std::string value) {
  std::erase_if(headers, [&](const net::Header& header) { return header.name == name; });
  headers.push_back({std::move(name), std::move(value)});
}

House::House() = default;
House::~House() = default;

void House::open() {
  router_.reset();
  identity_.reset();
  ledger_.reset();
  database_.reset();
  database_ = open_database(place());
  auto ledger =
      ledger::Ledger::open(*database_, testing::sample_ledger(folder_, kAppliers), clock_, random_);
  ASSERT_TRUE(ledger) << ledger.error().text();
  ledger_ = std::move(*ledger);
  auto identity = Identity::open({.keys = folder_ / "keys",
                                  .public_url = [] { return "https://status.example.org"; },
                                  .password_cost = {1, 8192}},
                                 *database_, *ledger_, clock_, random_);
  ASSERT_TRUE(identity) << identity.error().text();
  identity_ = std::move(*identity);
  identity_->on_ended([this](const std::string& session) { ended_.push_back(session); });
  router_ = std::make_unique<api::Router>(
      endpoints({.identity = identity_.get()}),
      [this](const net::Request& request) { return identity_->authenticate(request); },
      api::RouterOptions{.check_answers = true});
}

Reply House::call(Client& client, const std::string& method, const std::string& path,
                  const Json& body) {
  net::Request request{.method = method,
                       .target = path,
                       .path = path.substr(0, path.find('?')),
                       .query = {},
                       .headers = {},
                       .body = body.is_null() ? "" : boost::json::serialize(body),
                       .peer = client.local ? "unix" : client.peer,
                       .secure = client.secure,
                       .local = client.local};
  if (const std::size_t mark = path.find('?'); mark != std::string::npos)
    for (const std::string_view pair : split(std::string_view(path).substr(mark + 1), '&'))
      request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
  // The first header of a name counts, so what a test sets goes first.
  request.headers = client.headers;
  request.headers.push_back({"host", "hub.example:8080"});
  if (!body.is_null()) request.headers.push_back({"content-type", "application/json"});
  std::string cookies;
  for (const auto& [name, value] : client.cookies)
    cookies += fmt::format("{}{}={}", cookies.empty() ? "" : "; ", name, value);
  if (!cookies.empty()) request.headers.push_back({"cookie", cookies});
  if (method != "GET" && !client.csrf.empty())
    request.headers.push_back({"x-csrf-token", client.csrf});

  const auto answer = router_->answer(request);
  settle();
  Reply reply;
  if (!answer) return reply;
  reply.status = answer->status;
  reply.headers = answer->headers;
  if (auto parsed = parse_json(answer->body)) reply.body = *std::move(parsed);
  for (const net::Header& header : answer->headers)
    if (header.name == "set-cookie") keep_cookie(client, header.value);
  if (const std::string csrf = reply.text("csrf"); !csrf.empty()) client.csrf = csrf;
  return reply;
}

void House::minute() {
  identity_->every_minute();
  settle();
}

void House::settle() {
  // Whatever was handed to the writer before has ended then. On a full disk this may share a group
  // with what fails, and fail with it.
  (void)ledger_->writer().run([](store::Transaction&) -> Status { return {}; });
}

Client House::first_administrator() {
  Client client;
  const auto token = identity_->first_invitation();
  EXPECT_TRUE(token.has_value());
  const Reply reply = call(client, "POST", "/api/v1/invitations/" + token.value_or(""),
                           {{"password", kPassword}, {"login", "ada"}, {"name", "Ada Lovelace"}});
  EXPECT_EQ(reply.status, 200) << boost::json::serialize(reply.body);
  return client;
}

Json House::roles(std::initializer_list<const char*> names) {
  JsonArray list;
  for (const char* name : names) list.push_back(Json{{"role", name}});
  return list;
}

std::string House::add_person(Client& administrator, const std::string& login, const Json& roles,
                              std::string* person) {
  const Reply reply = call(administrator, "POST", "/api/v1/people",
                           {{"name", "Person " + login},
                            {"email", login + "@example.org"},
                            {"login", login},
                            {"roles", roles}});
  EXPECT_EQ(reply.status, 201) << boost::json::serialize(reply.body);
  if (reply.status != 201) return "";
  if (person != nullptr) *person = std::string(reply.body.at("person").at("id").as_string());
  return after_last_slash(reply.text("invitation_url"));
}

Client House::person(Client& administrator, const std::string& login, const Json& roles) {
  Client client;
  const Json held =
      roles.is_array() && !roles.get_array().empty() && roles.get_array()[0].is_object()
          ? roles
          : House::roles({"viewer"});
  const std::string token = add_person(administrator, login, held);
  const Reply reply =
      call(client, "POST", "/api/v1/invitations/" + token, {{"password", kPassword}});
  EXPECT_EQ(reply.status, 200) << boost::json::serialize(reply.body);
  return client;
}

Reply House::sign_in(Client& client, const std::string& login, const std::string& password,
                     const std::string& code) {
  JsonObject body{{"login", login}, {"password", password}};
  if (!code.empty()) body["code"] = code;
  return call(client, "POST", "/api/v1/session", body);
}

std::string House::account_id(Client& client) {
  const Reply reply = call(client, "GET", "/api/v1/session");
  EXPECT_EQ(reply.status, 200) << boost::json::serialize(reply.body);
  return reply.status == 200 ? std::string(reply.body.at("account").at("id").as_string()) : "";
}

std::vector<std::string> House::last_types(std::size_t count) {
  std::vector<std::string> types;
  const auto entries = ledger_->entries(0, 10'000).value();
  for (const ledger::Entry& entry : entries) types.push_back(entry.event.type);
  if (types.size() > count) types.erase(types.begin(), types.end() - static_cast<long>(count));
  return types;
}

std::string House::whole_ledger() {
  std::string text;
  const auto entries = ledger_->entries(0, 10'000).value();
  for (const ledger::Entry& entry : entries)
    text += entry.event.type + " " + entry.event.payload + "\n";
  return text;
}

std::string House::replayed_differences() {
  const testing::TemporaryFolder scratch;
  const auto replayed = open_database((scratch / "replay.db").string());
  if (const Status rebuilt = ledger::rebuild(*database_, *replayed, kAppliers); !rebuilt)
    return rebuilt.error().text();
  for (const char* table : kTables)
    if (rows_of(*database_, table) != rows_of(*replayed, table)) return table;
  return "";
}

}  // namespace nocturn::identity
