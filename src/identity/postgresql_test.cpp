#include <gtest/gtest.h>

#include "identity/house_test.h"
#include "support/store_contract.h"

namespace nocturn::identity {
namespace {

// The same house on the other store: each statement of records and tables is run once.
class OnPostgresql : public House {
 protected:
  void SetUp() override {
    const auto url = store::ContractTest::server().new_database();
    ASSERT_TRUE(url) << url.error().text();
    url_ = *url;
    House::SetUp();
  }
  std::string place() const override { return url_; }

  std::string url_;
};

TEST_F(OnPostgresql, people_come_work_and_go_as_on_the_other_store) {
  Client ada = first_administrator();
  std::string person_id;
  const std::string token = add_person(ada, "bede", roles({"viewer"}), &person_id);
  Client bede;
  ASSERT_EQ(call(bede, "POST", "/api/v1/invitations/" + token, {{"password", kPassword}}).status,
            200);
  clock_.advance(std::chrono::minutes(2));
  EXPECT_EQ(sign_in(bede, "bede", kPassword).status, 200);
  EXPECT_EQ(sign_in(bede, "bede", "wrong password").status, 401);
  EXPECT_EQ(call(ada, "GET", "/api/v1/people?q=BEDE&limit=1").body.at("people").as_array().size(),
            1u);
  const std::string account = account_id(bede);
  EXPECT_EQ(
      call(ada, "PUT", "/api/v1/accounts/" + account + "/roles", {{"roles", roles({"auditor"})}})
          .status,
      200);
  const Reply made = call(bede, "POST", "/api/v1/me/tokens",
                          {{"name", "x"}, {"scopes", {"read_people"}}, {"expires_in_days", 9}});
  ASSERT_EQ(made.status, 201) << boost::json::serialize(made.body);
  Client program;
  program.set("authorization", "Bearer " + made.text("token"));
  EXPECT_EQ(call(program, "GET", "/api/v1/accounts").status, 200);
  EXPECT_EQ(call(bede, "GET", "/api/v1/me/sessions").body.at("sessions").as_array().size(), 2u);
  EXPECT_EQ(call(bede, "GET", "/api/v1/me/tokens").body.at("tokens").as_array().size(), 1u);
  EXPECT_EQ(call(ada, "POST", "/api/v1/accounts/" + account + "/invitation").status, 201);
  EXPECT_EQ(call(ada, "DELETE", "/api/v1/people/" + person_id).status, 204);
  EXPECT_EQ(call(program, "GET", "/api/v1/accounts").status, 401);
  minute();
  open();  // sweeps
  EXPECT_EQ(call(ada, "GET", "/api/v1/session").status, 200);
}

}  // namespace
}  // namespace nocturn::identity
