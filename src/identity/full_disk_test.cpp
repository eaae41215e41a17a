// What still works while nothing can be written, and what is told.
#include <sys/resource.h>

#include <csignal>

#include <gtest/gtest.h>

#include "identity/house_test.h"

namespace nocturn::identity {
namespace {

// No file of this process can be written to, as on a full disk, while it lives.
class FullDisk {
 public:
  FullDisk() : before_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit nothing = limit_;
    nothing.rlim_cur = 0;
    CHECK(::setrlimit(RLIMIT_FSIZE, &nothing) == 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  rlimit limit_{};
  void (*before_)(int);
};

class OnAFullDisk : public House {
 protected:
  int session(Client& client) { return call(client, "GET", "/api/v1/session").status; }
};

TEST_F(OnAFullDisk, somebody_signs_out_at_once_and_it_is_recorded_later) {
  Client ada = first_administrator(), stolen = ada, other;
  ASSERT_EQ(sign_in(other, "ada", kPassword).status, 200);
  ended_.clear();
  {
    const FullDisk full;
    Client stranger;
    EXPECT_EQ(sign_in(stranger, "ada", kPassword).status, 507);
    EXPECT_EQ(call(ada, "DELETE", "/api/v1/session").status, 204);
    EXPECT_EQ(session(stolen), 401) << "whoever has the cookie still gets in";
    EXPECT_EQ(ended_.size(), 1U) << "the session's streams go on";
    EXPECT_EQ(session(other), 200);
    minute();
    EXPECT_EQ(session(stolen), 401);
  }
  minute();
  settle();
  EXPECT_EQ(last_types(1), std::vector<std::string>{"identity.session.ended"});
  EXPECT_EQ(session(stolen), 401);
  EXPECT_EQ(session(other), 200);
  const std::string recorded = whole_ledger();
  minute();
  settle();
  EXPECT_EQ(whole_ledger(), recorded) << "and it is recorded once";
  open();
  EXPECT_EQ(session(stolen), 401);
  EXPECT_EQ(replayed_differences(), "");
}

TEST_F(OnAFullDisk, a_program_gives_its_token_up_at_once) {
  Client ada = first_administrator(), script;
  const Reply made = call(ada, "POST", "/api/v1/me/tokens",
                          {{"name", "a script"},
                           {"scopes", JsonArray{"read_status", "own_account"}},
                           {"expires_in_days", 30}});
  script.set("authorization", "Bearer " + made.text("token"));
  ASSERT_EQ(session(script), 200);
  {
    const FullDisk full;
    EXPECT_EQ(call(script, "DELETE", "/api/v1/session").status, 204);
    EXPECT_EQ(session(script), 401);
  }
  minute();
  settle();
  EXPECT_EQ(last_types(1), std::vector<std::string>{"identity.token.revoked"});
}

TEST_F(OnAFullDisk, an_approved_program_waits_and_need_not_be_approved_again) {
  Client ada = first_administrator(), program;
  const Reply begun = call(program, "POST", "/api/v1/devices", {{"client", "x"}});
  const Json secret{{"device_code", begun.text("device_code")}};
  const std::string path = "/api/v1/devices/" + begun.text("user_code");
  ASSERT_EQ(call(ada, "POST", path + "/approval").status, 204);
  {
    const FullDisk full;
    for (int i = 0; i < 2; ++i)
      EXPECT_EQ(call(program, "POST", "/api/v1/devices/token", secret).status, 507);
  }
  EXPECT_EQ(call(program, "POST", "/api/v1/devices/token", secret).status, 200);
  EXPECT_EQ(call(program, "POST", "/api/v1/devices/token", secret).status, 404);
}

}  // namespace
}  // namespace nocturn::identity
