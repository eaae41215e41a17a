#include "customers/desk_test.h"

#include "support/endpoint_table.h"
#include "support/sample_ledger.h"

namespace nocturn::customers {
namespace {

constexpr ledger::Applier kAppliers[] = {{"customers.", apply}};

void migrate(store::Database& database) {
  const store::ModuleMigrations modules[] = {{"ledger", ledger::migrations()},
                                             {"customers", migrations()}};
  const Status migrated = database.migrate(modules);
  ASSERT_TRUE(migrated) << migrated.error().text();
}

}  // namespace

inventory::CloudPtr small_cloud() {
  auto cloud = std::make_shared<inventory::Cloud>();
  for (const char* id : {"emea", "apac", "na"}) {
    inventory::Territory territory;
    territory.id = inventory::TerritoryId(id);
    cloud->territories[territory.id] = territory;
  }
  for (const char* id : {"catalog", "discovery"}) {
    inventory::Product product;
    product.id = inventory::ProductId(id);
    cloud->products[product.id] = product;
  }
  for (const auto& [id, product] :
       {std::pair("catalog-eu01", "catalog"), std::pair("catalog-eu02", "catalog"),
        std::pair("discovery-eu01", "discovery")}) {
    inventory::Instance instance;
    instance.id = inventory::InstanceId(id);
    instance.product = inventory::ProductId(product);
    cloud->instances[instance.id] = instance;
  }
  return cloud;
}

void DeskTest::SetUp() {
  store::ContractTest::SetUp();
  migrate(*database_);
  cloud_ = small_cloud();
  auto ledger =
      ledger::Ledger::open(*database_, testing::sample_ledger(folder_, kAppliers), clock_, random_);
  ASSERT_TRUE(ledger) << ledger.error().text();
  ledger_ = std::move(*ledger);
  table_ = endpoints({.ledger = ledger_.get(),
                      .database = database_.get(),
                      .clock = &clock_,
                      .random = &random_,
                      .cloud = [this] { return cloud_; }});
}

Result<Json> DeskTest::call(const std::string& method, const std::string& path, Json body,
                            const std::string& if_match) {
  return testing::call(
      table_, {.method = method, .path = path, .body = std::move(body), .if_match = if_match});
}

Json DeskTest::must(const std::string& method, const std::string& path, Json body) {
  auto answer = call(method, path, std::move(body));
  EXPECT_TRUE(answer) << method << " " << path << ": " << answer.error().text();
  return answer.value_or(Json(nullptr));
}

std::string DeskTest::whole_ledger() {
  std::string text;
  const auto entries = ledger_->entries(0, 10'000);
  EXPECT_TRUE(entries);
  if (entries)
    for (const ledger::Entry& entry : *entries)
      text += entry.event.object + " " + entry.event.payload + "\n";
  return text;
}

std::string DeskTest::all_tables(store::Database& database) {
  std::string text;
  const Status read = database.read([&](store::Reader& reader) -> Status {
    for (const char* sql :
         {"SELECT id || ' ' || name || ' ' || territory || ' ' || time_zone || ' ' || language || "
          "' ' || aliases || ' ' || known_as || ' ' || CAST(entry AS TEXT) FROM "
          "customers_institutions ORDER BY id",
          "SELECT id || ' ' || institution || ' ' || name || ' ' || email || ' ' || language || "
          "' ' || products || ' ' || CAST(entry AS TEXT) FROM customers_contacts ORDER BY id",
          "SELECT id || ' ' || institution || ' ' || product || ' ' || instance || ' ' || "
          "CAST(from_time AS TEXT) || ' ' || COALESCE(CAST(until_time AS TEXT), '-') || ' ' || "
          "CAST(entry AS TEXT) FROM customers_assets ORDER BY id"})
      TRY_STATUS(reader.query(
          sql, {}, [&](const store::Row& row) { text += std::string(row.text(0)) + "\n"; }));
    return {};
  });
  EXPECT_TRUE(read) << read.error().text();
  return text;
}

void DeskTest::expect_equal_replay() {
  const auto again = store::Database::open((folder_ / "again.db").string());
  ASSERT_TRUE(again);
  migrate(**again);
  const Status rebuilt = ledger::rebuild(*database_, **again, kAppliers);
  ASSERT_TRUE(rebuilt) << rebuilt.error().text();
  EXPECT_EQ(all_tables(**again), all_tables(*database_));
}

void DeskTest::add_institution(const std::string& id) {
  must("POST", "/api/v1/customers",
       {{"id", id},
        {"name", "The " + id + " library"},
        {"territory", "emea"},
        {"time_zone", "Europe/Amsterdam"},
        {"aliases", {"known as " + id}}});
}

std::string DeskTest::add_contact(const std::string& institution, const std::string& email) {
  const Json contact = must("POST", "/api/v1/customers/" + institution + "/contacts",
                            {{"name", "Mary Jones"}, {"email", email}, {"products", {"catalog"}}});
  return std::string(contact.at("id").as_string());
}

}  // namespace nocturn::customers
