#include <boost/json.hpp>

#include "base/text.h"
#include "crypto/one_time_code.h"
#include "identity/credentials.h"
#include "identity/endpoint_tables.h"
#include "identity/records.h"
#include "identity/recovery_codes.h"
#include "identity/shapes.h"
#include "identity/sign_in.h"
#include "identity/spelling.h"

// What people do to their own account. Whatever proves who they are is changed by themselves,
// signed in at a browser: a stolen token cannot make itself at home.
namespace nocturn::identity {
namespace {

using net::Call;
using net::Permission;
using Parts = Identity::Parts;

bool says_yes(const Json& body, std::string_view field) {
  const Json* value = body.as_object().if_contains(field);
  return value != nullptr && value->as_bool();
}

Result<net::Answer> set_password(Parts& parts, const Call& call) {
  const Visitor visitor = TRY(identify_owner(parts, call.request));
  const Account& account = *visitor.account;
  const auto person = TRY(parts.read([&](store::Reader& reader) -> Result<std::optional<Person>> {
    return records::person(reader, account.person);
  }));
  const std::string chosen = call.text("new");
  TRY_STATUS(about("new", check_password(chosen, account.login, person ? person->name : "",
                                         person ? person->email : "")));
  TRY_STATUS(prove_password(parts, account, call.text("current"), call.request));
  const SecretId secret = TRY(parts.secrets.keep(TRY(parts.gate.hash(chosen))));
  TRY(parts.record(on_store(SetPassword{.id = account.id,
                                        .old_password = account.password,
                                        .password = secret,
                                        .session = visitor.session->id,
                                        .tokens = says_yes(call.body, "revoke_tokens"),
                                        .by = account.login})));
  return Json(nullptr);
}

// What an authenticator app reads from a QR code (Key URI format of Google Authenticator).
std::string key_uri(Parts& parts, const Account& account, const std::string& secret) {
  std::string issuer = parts.options.public_url();
  if (const auto scheme = issuer.find("://"); scheme != std::string::npos)
    issuer = issuer.substr(scheme + 3);
  issuer = escape_url(issuer.substr(0, issuer.find('/')));
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}", issuer, escape_url(account.login),
                     secret, issuer);
}

Result<net::Answer> begin_second_factor(Parts& parts, const Call& call) {
  const Visitor visitor = TRY(identify_owner(parts, call.request));
  const Account& account = *visitor.account;
  if (!account.second_factor.empty())
    return fail(ErrorCode::conflict, "there is a second factor already; remove it first");
  Bytes secret(crypto::kOneTimeSecret);
  parts.random.fill(secret);
  const std::string shown = crypto::to_base32(secret);
  {
    const std::lock_guard lock(parts.mutex);
    TRY_STATUS(parts.factors.put(account.id, std::move(secret), parts.clock.steady()));
  }
  return Json{{"secret", shown}, {"uri", key_uri(parts, account, shown)}};
}

JsonArray to_json(const RecoveryCodes& codes) {
  JsonArray list;
  for (const std::string& code : codes.shown) list.emplace_back(code);
  return list;
}

Result<net::Answer> prove_second_factor(Parts& parts, const Call& call) {
  const Visitor visitor = TRY(identify_owner(parts, call.request));
  const Account& account = *visitor.account;
  std::optional<Bytes> secret;
  {
    const std::lock_guard lock(parts.mutex);
    secret = parts.factors.find(account.id, parts.clock.steady());
  }
  if (!secret) return fail(ErrorCode::conflict, "begin again: no second factor waits for a code");
  const auto step =
      crypto::matching_step(*secret, trim(call.text("code")), parts.clock.wall(), std::nullopt);
  if (!step)
    return fail(ErrorCode::invalid, "this code is wrong; is the clock of the device right?");
  const SecretId id = TRY(parts.secrets.keep(
      parts.keys.sealing.seal(as_text(*secret), account.id.text(), parts.random)));
  const RecoveryCodes codes = draw_recovery_codes(parts.random);
  TRY(parts.record(on_store(EnrollSecondFactor{.id = account.id,
                                               .secret = id,
                                               .step = *step,
                                               .hashes = codes.hashes,
                                               .by = account.login})));
  const std::lock_guard lock(parts.mutex);
  parts.factors.erase(account.id);
  return Json{{"recovery_codes", to_json(codes)}};
}

Result<net::Answer> remove_second_factor(Parts& parts, const Call& call) {
  const Visitor visitor = TRY(identify_owner(parts, call.request));
  TRY_STATUS(prove_password(parts, *visitor.account, call.text("password"), call.request));
  TRY(parts.record(on_store(RemoveSecondFactor{.id = visitor.account->id, .by = visitor.actor()})));
  return Json(nullptr);
}

Result<net::Answer> renew_recovery_codes(Parts& parts, const Call& call) {
  const Visitor visitor = TRY(identify_owner(parts, call.request));
  TRY_STATUS(prove_password(parts, *visitor.account, call.text("password"), call.request));
  const RecoveryCodes codes = draw_recovery_codes(parts.random);
  TRY(parts.record(on_store(MakeRecoveryCodes{
      .id = visitor.account->id, .hashes = codes.hashes, .by = visitor.account->login})));
  return Json{{"recovery_codes", to_json(codes)}};
}

// Whoever has an account; the local operator has none.
Result<AccountId> own_account(const Call& call) {
  if (call.caller.account.empty())
    return fail(ErrorCode::conflict, "{} has no account of its own", call.caller.name);
  return AccountId(call.caller.account);
}

Result<net::Answer> show_sessions(Parts& parts, const Call& call) {
  return list_sessions(parts, TRY(own_account(call)), call.caller.session);
}
Result<net::Answer> drop_session(Parts& parts, const Call& call) {
  return end_session(parts, call, TRY(own_account(call)));
}
Result<net::Answer> show_tokens(Parts& parts, const Call& call) {
  return list_tokens(parts, TRY(own_account(call)));
}
Result<net::Answer> add_token(Parts& parts, const Call& call) {
  return make_token(parts, call, TRY(identify_owner(parts, call.request)).account->id);
}
Result<net::Answer> drop_token(Parts& parts, const Call& call) {
  return revoke_token(parts, call, TRY(own_account(call)));
}

Shape password(std::string_view about) { return shape::text(about, 1, 1024); }

Shape recovery_codes() {
  return shape::object(
      "RecoveryCodes", "Codes that stand in for a lost second factor; shown this once.",
      {{"recovery_codes", shape::list("Each works once.", shape::text("A code."))}});
}

Shape proof() {
  return shape::object("PasswordProof", "The password once more.",
                       {{"password", password("The account's password.")}});
}

}  // namespace

std::vector<net::Endpoint> own_credential_endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  const auto add = [&](net::EndpointSpec spec, Handle handle) {
    spec.permission = Permission::own_account;
    table.push_back({std::move(spec), at(desk, handle)});
  };
  add({.method = "PUT",
       .path = "/api/v1/me/password",
       .summary = "Takes another password; other sessions end, and tokens if you say so.",
       .request = shape::object(
           "SetPassword", "The old and the new password.",
           {{"current", password("The password until now.")},
            {"new", password("At least 12 characters.")},
            {"revoke_tokens", shape::boolean("End all your tokens, too."), shape::optional}}),
       .example = R"({"current": "correct horse battery staple", "new": "four other quiet words"})",
       .status = 204},
      set_password);
  add({.method = "POST",
       .path = "/api/v1/me/second-factor",
       .summary = "Begins a second factor: a secret for an authenticator app.",
       .response = shape::object("SecondFactor", "For the app; waits ten minutes for its code.",
                                 {{"secret", shape::text("To type, in base32.")},
                                  {"uri", shape::text("To show as a QR code.")}}),
       .secret_answer = true},
      begin_second_factor);
  add({.method = "PUT",
       .path = "/api/v1/me/second-factor",
       .summary = "Ends the enrolling with the app's first code; answers recovery codes.",
       .response = recovery_codes(),
       .request = shape::object("SecondFactorProof", "The app's code.",
                                {{"code", shape::text("Six digits.", 1, 16)}}),
       .example = R"({"code": "492039"})",
       .secret_answer = true},
      prove_second_factor);
  add({.method = "DELETE",
       .path = "/api/v1/me/second-factor",
       .summary = "Removes the second factor and its recovery codes.",
       .request = proof(),
       .example = R"({"password": "correct horse battery staple"})",
       .status = 204},
      remove_second_factor);
  add({.method = "POST",
       .path = "/api/v1/me/recovery-codes",
       .summary = "Makes new recovery codes; the old ones end.",
       .response = recovery_codes(),
       .request = proof(),
       .example = R"({"password": "correct horse battery staple"})",
       .secret_answer = true},
      renew_recovery_codes);
  return table;
}

std::vector<net::Endpoint> own_key_endpoints(Desk desk) {
  std::vector<net::Endpoint> table;
  const auto add = [&](net::EndpointSpec spec, Handle handle) {
    spec.permission = Permission::own_account;
    table.push_back({std::move(spec), at(desk, handle)});
  };
  add({.method = "GET",
       .path = "/api/v1/me/sessions",
       .summary = "Lists your sessions.",
       .response = shapes::sessions()},
      show_sessions);
  add({.method = "DELETE",
       .path = "/api/v1/me/sessions/{session}",
       .summary = "Ends one of your sessions.",
       .status = 204},
      drop_session);
  add({.method = "GET",
       .path = "/api/v1/me/tokens",
       .summary = "Lists your tokens, without their secrets.",
       .response = shapes::tokens()},
      show_tokens);
  add({.method = "POST",
       .path = "/api/v1/me/tokens",
       .summary = "Makes a token for a program of yours.",
       .response = shapes::made_token(),
       .request = shapes::new_token(),
       .example = R"({"name": "my script", "scopes": ["read_status"], "expires_in_days": 30})",
       .status = 201,
       .secret_answer = true},
      add_token);
  add({.method = "DELETE",
       .path = "/api/v1/me/tokens/{token}",
       .summary = "Revokes one of your tokens.",
       .status = 204},
      drop_token);
  return table;
}

}  // namespace nocturn::identity
