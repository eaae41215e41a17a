#include <boost/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "identity/endpoint_tables.h"
#include "identity/request_facts.h"
#include "identity/sessions.h"
#include "identity/spelling.h"

// Sign-in of a program by a person at a browser, after RFC 8628: the program shows a short code,
// the person types it where they are signed in, the program gets a token of theirs.
namespace nocturn::identity {
namespace {

using net::Call;
using net::Permission;
using Parts = Identity::Parts;

constexpr int kPollSeconds = 5;
constexpr int kTokenDays = 90;
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";  // RFC 8628 section 6.1

// "WDJBMJHT": 34 bits, of which one is guessed among 200 in ten minutes only by somebody who is
// signed in and asks often enough to be seen.
std::string draw_user_code(Random& random) {
  std::string code;
  for (int i = 0; i < 8; ++i) code += kLetters[random.below(kLetters.size())];
  return code;
}

// However it was typed.
std::string user_code_of(const Call& call) {
  std::string code;
  for (const char c : call.path_parameter("user_code")) {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (upper != '-' && upper != ' ') code += upper;
  }
  return code;
}

// Codes are asked for and guessed at no faster than passwords; whoever is signed in counts as one.
Status slow_down(Parts& parts, const std::string& who, const std::string& what) {
  const std::lock_guard lock(parts.mutex);
  const Micros wait =
      parts.throttle.admit({.address = who, .account = what, .device = ""}, parts.clock.steady());
  if (wait <= Micros(0)) return {};
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return std::unexpected(Error{ErrorCode::limited,
                               fmt::format("too many tries; wait {} s", seconds),
                               {},
                               true,
                               static_cast<int>(seconds)});
}

Result<net::Answer> begin(Parts& parts, const Call& call) {
  TRY_STATUS(check_private(call.request));
  TRY_STATUS(check_json(call.request));
  const std::string client = TRY(spell_line("the client's name", call.text("client")));
  const std::string address = client_address(call.request);
  const std::string block = address_block(address);
  TRY_STATUS(slow_down(parts, "device " + block, "device of " + block));
  const std::string secret = draw_secret(parts.random);
  const std::string user_code = draw_user_code(parts.random);
  const WallTime expires_at = parts.clock.wall() + Devices::kLife;
  {
    const std::lock_guard lock(parts.mutex);
    TRY_STATUS(parts.devices.put(user_code,
                                 {.device_hash = digest_of(secret),
                                  .client = client,
                                  .address = address,
                                  .expires_at = expires_at,
                                  .until = {}},
                                 parts.clock.steady()));
  }
  const std::string shown = user_code.substr(0, 4) + "-" + user_code.substr(4);
  return Json{{"device_code", secret},
              {"user_code", shown},
              {"verification_url",
               fmt::format("{}/devices?code={}", console_url(parts, call.request), shown)},
              {"interval_seconds", kPollSeconds},
              {"expires_at", to_rfc3339(expires_at)}};
}

Result<net::Answer> poll(Parts& parts, const Call& call) {
  TRY_STATUS(check_private(call.request));
  TRY_STATUS(check_json(call.request));
  Devices::Waiting approved;
  {
    const std::lock_guard lock(parts.mutex);
    approved = TRY(parts.devices.take(digest_of(call.text("device_code")), parts.clock.steady()));
  }
  const Account account = TRY(live_account(parts, approved.approved_by));
  // All that the account may: the program stands in for its owner.
  const std::vector<Permission> scopes = permitted(subject_of(account, ""));
  const std::string secret = "nct_" + draw_secret(parts.random);
  MakeToken command{.token = {.id = parts.new_id<TokenId>(),
                              .account = account.id,
                              .name = "sign-in of " + approved.client,
                              .scopes = scopes},
                    .hash = digest_of(secret),
                    .days = kTokenDays,
                    .by = {.name = account.login, .may = scopes},
                    .device = std::pair(approved.client, approved.address)};
  if (Status recorded = parts.record(on_store(std::move(command))); !recorded) {
    // Whoever approved it need not do so again once there is room on the disk.
    if (recorded.error().retry) {
      const std::lock_guard lock(parts.mutex);
      parts.devices.give_back(std::move(approved));
    }
    return std::unexpected(std::move(recorded.error()));
  }
  return Json{{"token", secret}, {"login", account.login}};
}

Result<net::Answer> show(Parts& parts, const Call& call) {
  const Visitor visitor = TRY(identify_owner(parts, call.request));
  const std::string& who = visitor.account->id.text();
  TRY_STATUS(slow_down(parts, "code " + who, "code of " + who));
  const std::lock_guard lock(parts.mutex);
  const auto found = parts.devices.find(user_code_of(call), parts.clock.steady());
  if (!found || found->denied || !found->approved_by.empty())
    return fail(ErrorCode::not_found, "no device waits with this code; it lives ten minutes");
  // A right code is no guess.
  parts.throttle.forgive({.address = "code " + who, .account = "code of " + who, .device = ""});
  return Json{{"client", found->client},
              {"address", found->address},
              {"expires_at", to_rfc3339(found->expires_at)}};
}

Result<net::Answer> decide_on(Parts& parts, const Call& call, bool approve) {
  const Visitor visitor = TRY(identify_owner(parts, call.request));
  const std::string& who = visitor.account->id.text();
  TRY_STATUS(slow_down(parts, "code " + who, "code of " + who));
  const std::lock_guard lock(parts.mutex);
  const std::string code = user_code_of(call);
  const SteadyTime now = parts.clock.steady();
  TRY_STATUS(approve ? parts.devices.approve(code, visitor.account->id, now)
                     : parts.devices.deny(code, now));
  parts.throttle.forgive({.address = "code " + who, .account = "code of " + who, .device = ""});
  return Json(nullptr);
}

Result<net::Answer> approve(Parts& parts, const Call& call) { return decide_on(parts, call, true); }
Result<net::Answer> deny(Parts& parts, const Call& call) { return decide_on(parts, call, false); }

}  // namespace

std::vector<net::Endpoint> device_endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  table.push_back(
      {{.method = "POST",
        .path = "/api/v1/devices",
        .permission = Permission::anyone,
        .summary = "Begins the sign-in of a program that has no browser.",
        .response =
            shape::object("DeviceSignIn", "What the program keeps and what it shows.",
                          {{"device_code", shape::text("The program's secret.")},
                           {"user_code", shape::text("For the person to type.")},
                           {"verification_url", shape::text("Where to type it.")},
                           {"interval_seconds", shape::integer("How often to ask for the token.")},
                           {"expires_at", shape::time("When it is too late.")}}),
        .request = shape::object("BeginDevice", "Who asks.",
                                 {{"client", shape::text("Program and machine.", 1, 200)}}),
        .example = R"({"client": "nocturn on ada-laptop"})",
        .status = 201},
       at(desk, begin)});
  table.push_back(
      {{.method = "POST",
        .path = "/api/v1/devices/token",
        .permission = Permission::anyone,
        .summary = "Asks for the program's token; 409 while nobody approved it.",
        .response = shape::object("DeviceToken", "A token of who approved.",
                                  {{"token", shape::text("The secret; shown this once.")},
                                   {"login", shape::text("Whose it is.")}}),
        .request = shape::object("PollDevice", "The program's secret.",
                                 {{"device_code", shape::text("As it was given.", 1, 128)}}),
        .example = R"({"device_code": "the program's secret"})"},
       at(desk, poll)});
  table.push_back(
      {{.method = "GET",
        .path = "/api/v1/devices/{user_code}",
        .permission = Permission::own_account,
        .summary = "Tells which program asks to be signed in as you.",
        .response = shape::object("Device", "A program that asks.",
                                  {{"client", shape::text("What it calls itself.")},
                                   {"address", shape::text("Where it is.")},
                                   {"expires_at", shape::time("When it is too late.")}})},
       at(desk, show)});
  table.push_back({{.method = "POST",
                    .path = "/api/v1/devices/{user_code}/approval",
                    .permission = Permission::own_account,
                    .summary = "Signs that program in as you.",
                    .status = 204},
                   at(desk, approve)});
  table.push_back({{.method = "DELETE",
                    .path = "/api/v1/devices/{user_code}/approval",
                    .permission = Permission::own_account,
                    .summary = "Refuses that program.",
                    .status = 204},
                   at(desk, deny)});
  return table;
}

}  // namespace nocturn::identity
