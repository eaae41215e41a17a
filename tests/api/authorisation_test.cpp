#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "api/router.h"
#include "app/api_tables.h"
#include "base/text.h"

// Who may call what, endpoint by endpoint, as the router really decides it: compared with the
// decisions in authorisation.txt, so that a new endpoint needs one.
namespace nocturn {
namespace {

using identity::Role;
using identity::Subject;

// The whole API with handlers that only count, and take whatever is sent.
class CountingApi {
 public:
  explicit CountingApi(api::Authorize authorize = identity::authorize) {
    auto table = app::api_tables({});
    for (net::Endpoint& endpoint : table) {
      specs_.push_back(endpoint.spec);
      endpoint.spec.request = endpoint.spec.response = {};
      endpoint.spec.query.clear();
      endpoint.handle = [this](const net::Call&) -> Result<net::Answer> {
        ++handled;
        return Json();
      };
    }
    router_ = std::make_unique<api::Router>(
        std::move(table),
        [this](const net::Request&) -> Result<Subject> {
          if (!subject_) return fail(ErrorCode::unauthenticated, "sign in first");
          return *subject_;
        },
        api::RouterOptions{.authorize = [this, authorize](const Subject& subject,
                                                          net::Permission permission,
                                                          const identity::Object& object) {
          ++asked;
          return authorize(subject, permission, object);
        }});
  }

  const std::vector<net::EndpointSpec>& specs() const { return specs_; }
  // The status for a call of the endpoint by this subject; nothing: a stranger. What is below an
  // institution is asked of institution-1.
  int call(const net::EndpointSpec& spec, std::optional<Subject> subject) {
    subject_ = std::move(subject);
    net::Request request;
    request.method = spec.method;
    for (const std::string_view part : split(spec.path.substr(1), '/'))
      request.path.append("/").append(part == "{institution}" ? "institution-1"
                                      : part.starts_with('{') ? "x"
                                                              : part);
    return router_->answer(request)->status;
  }
  bool allows(const net::EndpointSpec& spec, std::optional<Subject> subject) {
    const int before = handled;
    const int status = call(spec, std::move(subject));
    EXPECT_EQ(handled > before, status < 400) << spec.path;
    return handled > before;
  }

  int handled = 0, asked = 0;

 private:
  std::vector<net::EndpointSpec> specs_;
  std::unique_ptr<api::Router> router_;
  std::optional<Subject> subject_;
};

Subject holding(Role role, std::string institution = {}) {
  return {.caller = {.account = "a", .person = "p", .name = "ann"},
          .grants = {{role, std::move(institution)}}};
}

Subject token(std::vector<net::Permission> scopes) {
  Subject subject = holding(Role::administrator);
  subject.scopes = std::move(scopes);
  return subject;
}

// "everyone signed in but customer_contact", or the names.
std::string roles_text(const std::set<Role>& allowed) {
  std::vector<std::string_view> yes, no;
  for (int i = 0; i < identity::kRoles; ++i) {
    const auto role = static_cast<Role>(i);
    (allowed.contains(role) ? yes : no).push_back(name_of(role));
  }
  if (no.empty()) return "every role";
  if (yes.empty()) return "no role";
  if (no.size() <= 4) return fmt::format("every role but {}", fmt::join(no, " "));
  return fmt::format("{}", fmt::join(yes, " "));
}

std::string line_for(CountingApi& api, const net::EndpointSpec& spec) {
  std::set<Role> everywhere, at_one_institution;
  for (int i = 0; i < identity::kRoles; ++i) {
    const auto role = static_cast<Role>(i);
    if (api.allows(spec, holding(role))) everywhere.insert(role);
    if (api.allows(spec, holding(role, "institution-1"))) at_one_institution.insert(role);
  }
  return fmt::format("{} {} | {}{} | {}; for one institution: {}; stranger: {}", spec.method,
                     spec.path, name_of(spec.permission),
                     spec.object.empty() ? "" : fmt::format(" on {}", spec.object),
                     roles_text(everywhere), roles_text(at_one_institution),
                     api.allows(spec, std::nullopt) ? "yes" : "no");
}

std::set<std::string> decided() {
  std::ifstream in(NOCTURN_AUTHORISATION_TABLE);
  std::set<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && !line.starts_with('#')) lines.insert(line);
  return lines;
}

TEST(Authorisation, of_every_endpoint_is_as_decided) {
  CountingApi api;
  const std::set<std::string> table = decided();
  std::set<std::string> lines;
  for (const net::EndpointSpec& spec : api.specs()) lines.insert(line_for(api, spec));
  for (const std::string& line : lines)
    EXPECT_TRUE(table.contains(line))
        << "undecided: put this line into tests/api/authorisation.txt if it is right:\n"
        << line;
  for (const std::string& line : table)
    EXPECT_TRUE(lines.contains(line)) << "decided, but not so any more:\n" << line;
}

TEST(Authorisation, is_asked_once_before_any_handler_is_reached) {
  CountingApi nobody([](const Subject&, net::Permission, const identity::Object&) -> Status {
    return fail(ErrorCode::forbidden, "nobody may do anything");
  });
  for (const net::EndpointSpec& spec : nobody.specs()) {
    nobody.asked = 0;
    EXPECT_EQ(nobody.call(spec, holding(Role::administrator)), 403) << spec.path;
    EXPECT_EQ(nobody.asked, 1) << spec.method << " " << spec.path;
  }
  EXPECT_EQ(nobody.handled, 0);
}

TEST(Authorisation, of_one_institution_ends_at_its_border) {
  CountingApi api;
  int own = 0;
  for (const net::EndpointSpec& spec : api.specs()) {
    for (int i = 0; i < identity::kRoles; ++i) {
      const auto role = static_cast<Role>(i);
      const bool here = api.allows(spec, holding(role, "institution-1"));
      const bool there = api.allows(spec, holding(role, "institution-2"));
      if (!spec.object.starts_with("institution/"))
        EXPECT_EQ(here, there) << spec.path;
      else
        EXPECT_FALSE(there) << spec.method << " " << spec.path << " " << name_of(role);
      own += here && !there ? 1 : 0;
    }
  }
  EXPECT_GT(own, 0);
}

TEST(Authorisation, of_a_token_ends_at_its_scopes_whatever_the_account_may) {
  CountingApi api;
  for (const net::EndpointSpec& spec : api.specs()) {
    if (spec.permission == net::Permission::anyone) continue;
    std::vector<net::Permission> others;
    for (const net::Permission permission : net::kPermissions)
      if (permission != spec.permission) others.push_back(permission);
    EXPECT_TRUE(api.allows(spec, token({spec.permission}))) << spec.path;
    EXPECT_FALSE(api.allows(spec, token(others))) << spec.method << " " << spec.path;
    EXPECT_FALSE(api.allows(spec, token({}))) << spec.method << " " << spec.path;
  }
}

TEST(Authorisation, turns_strangers_away_with_401_and_others_with_403) {
  CountingApi api;
  for (const net::EndpointSpec& spec : api.specs()) {
    if (spec.permission == net::Permission::anyone) continue;
    EXPECT_EQ(api.call(spec, std::nullopt), 401) << spec.method << " " << spec.path;
    if (spec.permission == net::Permission::own_account) continue;
    const Subject contact = holding(Role::customer_contact, "institution-2");
    EXPECT_EQ(api.call(spec, contact), 403) << spec.method << " " << spec.path;
  }
}

}  // namespace
}  // namespace nocturn
