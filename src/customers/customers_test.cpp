#include "customers/customers.h"

#include <gmock/gmock.h>

#include "customers/desk_test.h"

namespace nocturn::customers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Customers : public DeskTest {
 protected:
  std::vector<std::string> tenants_of(const std::string& instance, const char* when) {
    std::vector<std::string> ids;
    const Status read = database_->read([&](store::Reader& reader) -> Status {
      const Tenants all = TRY(tenants(reader, from_rfc3339(when).value()));
      if (const auto found = all.find(instance); found != all.end())
        for (const Institution& institution : found->second) ids.push_back(institution.id.text());
      return {};
    });
    EXPECT_TRUE(read) << read.error().text();
    return ids;
  }
  std::string add_asset(const std::string& institution, const std::string& instance,
                        const char* from, Json until = nullptr) {
    const Json asset = must("POST", "/api/v1/customers/" + institution + "/assets",
                            {{"product", "catalog"},
                             {"instance", instance},
                             {"from", from},
                             {"until", std::move(until)}});
    return asset.is_object() ? std::string(asset.at("id").as_string()) : "";
  }
};

TEST_P(Customers, are_added_found_changed_and_removed) {
  EXPECT_TRUE(must("GET", "/api/v1/customers").at("institutions").as_array().empty());
  for (const char* id : {"northgate", "harbor", "meadow"}) add_institution(id);
  const Json found = must("GET", "/api/v1/customers?q=KNOWN%20as%20har");
  ASSERT_EQ(found.at("institutions").as_array().size(), 1U);
  EXPECT_EQ(found.at("institutions").as_array()[0].at("id").as_string(), "harbor");
  EXPECT_TRUE(must("GET", "/api/v1/customers?q=100%25").at("institutions").as_array().empty());

  must("PATCH", "/api/v1/customers/harbor", {{"name", "Harbour"}, {"aliases", JsonArray()}});
  const Json account = must("GET", "/api/v1/customers/harbor");
  EXPECT_EQ(account.at("institution").at("name").as_string(), "Harbour");
  EXPECT_EQ(account.at("institution").at("territory").as_string(), "emea");

  must("DELETE", "/api/v1/customers/harbor");
  EXPECT_EQ(call("GET", "/api/v1/customers/harbor").error().code, ErrorCode::not_found);
  EXPECT_EQ(must("GET", "/api/v1/customers").at("institutions").as_array().size(), 2U);
  // Its name is not given to somebody else.
  EXPECT_EQ(
      call("POST", "/api/v1/customers",
           {{"id", "harbor"}, {"name", "Another"}, {"territory", "emea"}, {"time_zone", "UTC"}})
          .error()
          .code,
      ErrorCode::conflict);
  expect_equal_replay();
}

TEST_P(Customers, are_listed_page_by_page) {
  for (const char* id : {"c", "a", "b"}) add_institution(id);
  const Json first = must("GET", "/api/v1/customers?limit=2");
  ASSERT_EQ(first.at("institutions").as_array().size(), 2U);
  const Json second =
      must("GET", "/api/v1/customers?limit=2&cursor=" + std::string(first.at("next").as_string()));
  ASSERT_EQ(second.at("institutions").as_array().size(), 1U);
  EXPECT_EQ(second.at("institutions").as_array()[0].at("id").as_string(), "c");
  EXPECT_TRUE(second.at("next").is_null());
}

TEST_P(Customers, tell_every_fault_of_a_row_at_once) {
  const auto refused = call("POST", "/api/v1/customers",
                            {{"id", "North Gate"},
                             {"name", "A\nB"},
                             {"territory", "emae"},
                             {"time_zone", "Europe/Amsterdamm"},
                             {"language", "xx"}});
  ASSERT_FALSE(refused);
  const std::string text = refused.error().text();
  EXPECT_THAT(text, HasSubstr("lower-case letters"));
  EXPECT_THAT(text, HasSubstr("one line"));
  EXPECT_THAT(text, HasSubstr("did you mean \"emea\"?"));
  EXPECT_THAT(text, HasSubstr("Europe/Amsterdamm"));
  EXPECT_THAT(text, HasSubstr("xx"));
}

TEST_P(Customers, cannot_be_overwritten_unseen) {
  add_institution("northgate");
  EXPECT_EQ(
      call("PATCH", "/api/v1/customers/northgate", {{"name", "Later"}}, "\"999\"").error().code,
      ErrorCode::precondition);
  EXPECT_TRUE(call("PATCH", "/api/v1/customers/northgate", {{"name", "Later"}}, "\"0\""));
}

TEST_P(Customers, have_each_address_once_among_their_contacts) {
  add_institution("northgate");
  const std::string id = add_contact("northgate", "mary@northgate.example");
  EXPECT_EQ(call("POST", "/api/v1/customers/northgate/contacts",
                 {{"name", "Other"}, {"email", "MARY@northgate.example"}})
                .error()
                .code,
            ErrorCode::conflict);
  must("PATCH", "/api/v1/customers/northgate/contacts/" + id, {{"name", "Mary Smith"}});
  const Json account = must("GET", "/api/v1/customers/northgate");
  EXPECT_EQ(account.at("contacts").as_array()[0].at("name").as_string(), "Mary Smith");
  EXPECT_EQ(call("POST", "/api/v1/customers/nobody/contacts",
                 {{"name", "Mary"}, {"email", "mary@nobody.example"}})
                .error()
                .code,
            ErrorCode::not_found);
}

TEST_P(Customers, of_an_instance_change_at_the_time_of_a_move) {
  add_institution("northgate");
  add_asset("northgate", "catalog-eu01", "2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z");
  add_asset("northgate", "catalog-eu02", "2026-12-01T00:00:00Z");
  using Ids = std::vector<std::string>;
  EXPECT_EQ(tenants_of("catalog-eu01", "2026-11-30T23:59:59Z"), Ids{"northgate"});
  EXPECT_EQ(tenants_of("catalog-eu02", "2026-11-30T23:59:59Z"), Ids{});
  EXPECT_EQ(tenants_of("catalog-eu01", "2026-12-01T00:00:00Z"), Ids{});
  EXPECT_EQ(tenants_of("catalog-eu02", "2026-12-01T00:00:00Z"), Ids{"northgate"});
  // At one instance once at a time, and at instances of the product only.
  EXPECT_EQ(
      call("POST", "/api/v1/customers/northgate/assets",
           {{"product", "catalog"}, {"instance", "catalog-eu01"}, {"from", "2026-11-30T00:00:00Z"}})
          .error()
          .code,
      ErrorCode::conflict);
  EXPECT_EQ(call("POST", "/api/v1/customers/northgate/assets",
                 {{"product", "catalog"}, {"instance", "discovery-eu01"}})
                .error()
                .code,
            ErrorCode::invalid);
  expect_equal_replay();
}

TEST_P(Customers, move_to_another_instance_at_a_moment) {
  add_institution("northgate");
  const std::string id = add_asset("northgate", "catalog-eu01", "2026-01-01T00:00:00Z");
  const std::string move = "/api/v1/customers/northgate/assets/" + id + "/move";
  must("POST", move, {{"instance", "catalog-eu02"}, {"from", "2026-12-01T00:00:00Z"}});
  EXPECT_THAT(tenants_of("catalog-eu01", "2026-11-30T23:59:59Z"), ElementsAre("northgate"));
  EXPECT_TRUE(tenants_of("catalog-eu02", "2026-11-30T23:59:59Z").empty());
  EXPECT_TRUE(tenants_of("catalog-eu01", "2026-12-01T00:00:00Z").empty());
  EXPECT_THAT(tenants_of("catalog-eu02", "2026-12-01T00:00:00Z"), ElementsAre("northgate"));
  // As it is now, not as it will be.
  const auto users = [&](const char* instance) {
    return must("GET", std::string("/api/v1/customers?instance=") + instance)
        .at("institutions")
        .as_array()
        .size();
  };
  EXPECT_EQ(users("catalog-eu01"), 1U);
  EXPECT_EQ(users("catalog-eu02"), 0U);
  // It has ended there; nor can it go where it is, or to another product's instance.
  const auto refused = [&](const char* instance, const char* from) {
    return call("POST", move, {{"instance", instance}, {"from", from}}).error().code;
  };
  EXPECT_EQ(refused("catalog-eu02", "2026-12-02T00:00:00Z"), ErrorCode::conflict);
  EXPECT_EQ(refused("catalog-eu01", "2026-11-25T00:00:00Z"), ErrorCode::conflict);
  EXPECT_EQ(refused("discovery-eu01", "2026-11-25T00:00:00Z"), ErrorCode::invalid);
  expect_equal_replay();
}

TEST_P(Customers, change_only_for_who_saw_their_newest_state) {
  add_institution("northgate");
  const std::string path =
      "/api/v1/customers/northgate/contacts/" + add_contact("northgate", "mary@northgate.example");
  const auto version = [&] { return std::string(must("GET", path).at("version").as_string()); };
  const auto tag = [](const std::string& text) { return "\"" + text + "\""; };
  const std::string seen = version();
  ASSERT_TRUE(call("PATCH", path, {{"name", "Mary Smith"}}, tag(seen)));
  EXPECT_NE(version(), seen);
  EXPECT_EQ(call("PATCH", path, {{"name", "Mary Miller"}}, tag(seen)).error().code,
            ErrorCode::precondition);
  EXPECT_EQ(call("DELETE", path, nullptr, tag(seen)).error().code, ErrorCode::precondition);
  EXPECT_TRUE(call("DELETE", path, nullptr, tag(version())));
  // An account's tag tells its contacts apart, too; of it, only the institution is compared.
  EXPECT_TRUE(call("PATCH", "/api/v1/customers/northgate", {{"name", "Northgate"}},
                   tag(std::string(must("GET", "/api/v1/customers/northgate")
                                       .at("institution")
                                       .at("version")
                                       .as_string()) +
                       ".0123456789abcdef")));
}

TEST_P(Customers, use_nothing_any_more_once_removed) {
  add_institution("northgate");
  add_asset("northgate", "catalog-eu01", "2026-01-01T00:00:00Z");
  add_asset("northgate", "catalog-eu02", "2027-01-01T00:00:00Z");
  add_contact("northgate", "mary@northgate.example");
  must("DELETE", "/api/v1/customers/northgate");
  EXPECT_TRUE(tenants_of("catalog-eu01", "2026-12-01T00:00:00Z").empty());
  EXPECT_TRUE(tenants_of("catalog-eu02", "2027-12-01T00:00:00Z").empty());
  EXPECT_THAT(all_tables(*database_), Not(HasSubstr("mary@northgate.example")));
  expect_equal_replay();
}

TEST_P(Customers, lose_a_contact_without_trace_while_the_proofs_stand) {
  add_institution("northgate");
  const std::string id = add_contact("northgate", "mary@northgate.example");
  const std::string path = "/api/v1/customers/northgate/contacts/" + id;
  must("PATCH", path, {{"name", "Mary Smith"}});
  const Json exported = must("GET", path + "/export");
  EXPECT_EQ(exported.at("entries").as_array().size(), 2U);

  EXPECT_EQ(must("POST", path + "/erasure").at("erased").as_int64(), 2);
  for (const char* trace : {"mary@northgate.example", "Mary Jones", "Mary Smith"}) {
    EXPECT_THAT(whole_ledger(), Not(HasSubstr(trace)));
    EXPECT_THAT(all_tables(*database_), Not(HasSubstr(trace)));
  }
  // As after a crash half-way: asking again is no mistake.
  EXPECT_EQ(must("POST", path + "/erasure").at("erased").as_int64(), 0);
  EXPECT_EQ(call("POST", "/api/v1/customers/northgate/contacts/nobody/erasure").error().code,
            ErrorCode::not_found);
  const auto size = ledger_->publish();
  ASSERT_TRUE(size);
  for (std::uint64_t i = 0; i < size->size; ++i) EXPECT_TRUE(ledger_->proof(i)) << i;
  expect_equal_replay();
}

INSTANTIATE_TEST_SUITE_P(Backends, Customers,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::customers
