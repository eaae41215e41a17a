#include "identity/endpoints.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/text.h"
#include "identity/endpoint_tables.h"
#include "identity/oidc/account.h"
#include "identity/oidc/endpoints.h"
#include "identity/records.h"
#include "identity/refusals.h"
#include "identity/request_facts.h"
#include "identity/sessions.h"
#include "identity/shapes.h"

namespace nocturn::identity {
namespace {

OpenOidcSession session_opener(Desk desk) {
  return [desk](const OidcClaims& claims,
                const net::Request& request) -> Result<std::vector<net::Header>> {
    return TRY(sign_in_by_provider(desk.identity->parts(), claims, request)).cookies;
  };
}

NoteOidcRefusal refusal_noter(Desk desk) {
  return [desk](OidcProblem problem, const net::Request& request) {
    note_refusal(desk.identity->parts(), Refusal::provider, AccountId(),
                 address_block(client_address(request)), name_of(problem));
  };
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  std::vector<net::Endpoint> all;
  for (auto* table : {session_endpoints, invitation_endpoints, device_endpoints, people_endpoints,
                      account_list_endpoints, account_endpoints, account_key_endpoints,
                      own_credential_endpoints, own_key_endpoints})
    for (net::Endpoint& endpoint : table(desk)) all.push_back(std::move(endpoint));
  for (net::Endpoint& endpoint :
       oidc_endpoints(desk.oidc, session_opener(desk), refusal_noter(desk)))
    all.push_back(std::move(endpoint));
  return all;
}

std::function<Result<net::Answer>(const net::Call&)> at(Desk desk, Handle handle) {
  return [desk, handle](const net::Call& call) { return handle(desk.identity->parts(), call); };
}

net::Answer versioned(Json body) {
  const std::string digest = digest_of(boost::json::serialize(body));
  net::Answer answer(std::move(body));
  answer.version = fmt::format("{}.{}", std::string_view(answer.body.at("version").as_string()),
                               std::string_view(digest).substr(0, 16));
  return answer;
}

std::optional<std::string> expected_version(const net::Call& call) {
  auto expected = call.expected_version();
  if (expected) expected->resize(std::min(expected->find('.'), expected->size()));
  return expected;
}

Result<Account> live_account(Identity::Parts& parts, const AccountId& id) {
  auto found = TRY(parts.read([&](store::Reader& reader) -> Result<std::optional<Account>> {
    return records::account(reader, id);
  }));
  if (!found || found->removed_at)
    return fail(ErrorCode::not_found, "there is no account {}", id.text());
  return *std::move(found);
}

Result<net::Answer> answer_account(Identity::Parts& parts, const AccountId& id) {
  return versioned(to_json(TRY(live_account(parts, id))));
}

Result<Actor> actor_of(Identity::Parts& parts, const net::Call& call) {
  return TRY(identify(parts, call.request)).actor();
}

std::string console_url(Identity::Parts& parts, const net::Request& request) {
  // A browser's Origin was held against Host and public URL before anything was changed.
  std::string url(request.header("origin"));
  if (url.empty() || !check_same_site(request, parts.options.public_url()))
    url = parts.options.public_url();
  while (url.ends_with('/')) url.pop_back();
  return url + "/console";
}

std::string invitation_url(Identity::Parts& parts, const net::Request& request,
                           std::string_view token) {
  return fmt::format("{}/invitations/{}", console_url(parts, request), token);
}

Result<net::Answer> make_token(Identity::Parts& parts, const net::Call& call,
                               const AccountId& account) {
  const std::string secret = "nct_" + draw_secret(parts.random);
  const TokenId id = parts.new_id<TokenId>();
  MakeToken command{.token = {.id = id,
                              .account = account,
                              .name = call.text("name"),
                              .scopes = scopes_from(call.body)},
                    .hash = digest_of(secret),
                    .days = static_cast<int>(call.body.at("expires_in_days").to_number<int>()),
                    .by = TRY(actor_of(parts, call))};
  TRY(parts.record(on_store(std::move(command))));
  const auto made = TRY(parts.read([&](store::Reader& reader) -> Result<std::optional<Token>> {
    return records::token_of_hash(reader, digest_of(secret));
  }));
  if (!made) return fail(ErrorCode::conflict, "the token was revoked at once");
  return Json{{"token", secret}, {"info", to_json(*made)}};
}

Result<net::Answer> list_tokens(Identity::Parts& parts, const AccountId& account) {
  TRY_STATUS(live_account(parts, account));
  JsonArray list;
  for (const Token& token :
       TRY(parts.read([&](store::Reader& reader) -> Result<std::vector<Token>> {
         return records::tokens(reader, account, parts.clock.wall());
       })))
    list.push_back(to_json(token));
  return Json{{"tokens", std::move(list)}};
}

Result<net::Answer> list_sessions(Identity::Parts& parts, const AccountId& account,
                                  const std::string& current) {
  TRY_STATUS(live_account(parts, account));
  JsonArray list;
  for (const Session& session :
       TRY(parts.read([&](store::Reader& reader) -> Result<std::vector<Session>> {
         return records::sessions(reader, account, parts.clock.wall());
       })))
    list.push_back(to_json(session, current));
  return Json{{"sessions", std::move(list)}};
}

Result<net::Answer> end_session(Identity::Parts& parts, const net::Call& call,
                                const AccountId& account) {
  TRY(parts.record(on_store(EndSession{.account = account,
                                       .id = SessionId(call.path_parameter("session")),
                                       .because = "ended by hand",
                                       .by = call.caller.name})));
  return Json(nullptr);
}

Result<net::Answer> revoke_token(Identity::Parts& parts, const net::Call& call,
                                 const AccountId& account) {
  TRY(parts.record(on_store(RevokeToken{.account = account,
                                        .id = TokenId(call.path_parameter("token")),
                                        .by = TRY(actor_of(parts, call))})));
  return Json(nullptr);
}

}  // namespace nocturn::identity
