#pragma once

#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "identity/identity.h"
#include "identity/parts.h"
#include "net/http.h"
#include "support/temporary_folder.h"

// A house with a door: database, ledger, identity and the API's router, as the hub puts them
// together, with a clock that tests move and passwords that cost nothing.
namespace nocturn::api {
class Router;
}
namespace nocturn::identity {

struct Reply {
  int status = 0;
  Json body;
  std::vector<net::Header> headers;

  std::string header(std::string_view name) const;
  std::string text(std::string_view name) const;  // a member of the body; empty when not there
};

// Whoever sends requests: keeps cookies as a browser does, and sends what it was told to.
struct Client {
  std::string peer = "127.0.0.1";
  bool secure = false;
  bool local = false;  // over the Unix socket
  std::map<std::string, std::string> cookies = {};
  std::vector<net::Header> headers = {};  // with every request
  std::string csrf = {};                  // with unsafe ones, when not empty

  void set(std::string name, std::string value);  // a header in place of an older one
};

class House : public ::testing::Test {
 protected:
  House();
  ~House() override;
  void SetUp() override { open(); }

  virtual std::string place() const { return (folder_ / "nocturn.db").string(); }
  void open();  // again, as a restart does
  Reply call(Client& client, const std::string& method, const std::string& path,
             const Json& body = nullptr);

  // Lets a minute's work be done.
  void minute();
  // Waits for what was handed to the writer and not waited for.
  void settle();

  // The first administrator, signed in; login "ada".
  Client first_administrator();
  // Adds a person by the administrator and answers the link's token.
  std::string add_person(Client& administrator, const std::string& login, const Json& roles,
                         std::string* person = nullptr);
  // Adds a person, follows the link, and answers the signed-in client.
  Client person(Client& administrator, const std::string& login, const Json& roles = {"viewer"});
  Reply sign_in(Client& client, const std::string& login, const std::string& password,
                const std::string& code = "");
  std::string account_id(Client& client);
  // The newest entries' types, oldest first.
  std::vector<std::string> last_types(std::size_t count);
  // Whether rebuilding the tables from the ledger gives the same ones.
  std::string replayed_differences();
  // All payloads of the ledger as one text.
  std::string whole_ledger();

  static Json roles(std::initializer_list<const char*> names);

  testing::TemporaryFolder folder_;
  VirtualClock clock_{from_rfc3339("2026-11-22T06:00:00Z").value()};
  SystemRandom random_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<Identity> identity_;
  std::unique_ptr<api::Router> router_;
  std::vector<std::string> ended_;  // sessions whose streams were to be closed
};

inline constexpr const char* kPassword = "correct horse battery staple";

}  // namespace nocturn::identity
