#include "identity/visitor.h"

#include "base/log.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "identity/parts.h"
#include "identity/records.h"
#include "identity/request_facts.h"

namespace nocturn::identity {
namespace {

constexpr std::string_view kTokenPrefix = "nct_";
constexpr Micros kSeenEvery = std::chrono::minutes(1);

std::unexpected<Error> nobody() { return fail(ErrorCode::unauthenticated, "sign in first"); }

bool changes_something(const net::Request& request) {
  return request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS";
}

// Remembers that a session or token was used; lazily, and never in the way of the request.
void see(Identity::Parts& parts, std::string id, WallTime last, WallTime now) {
  if (now - last < kSeenEvery) return;
  parts.ledger.writer().submit(
      [id = std::move(id), at = now.time_since_epoch().count()](store::Transaction& transaction) {
        return transaction.post(
            "INSERT INTO sightings (id, seen_at) VALUES (?, ?) "
            "ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
            {id, at});
      },
      [](const Status& seen) {
        if (!seen) log::warning("identity", "not noted as seen: " + seen.error().text());
      });
}

bool is_usable(const std::optional<Account>& account) {
  return account && !account->removed_at && !account->disabled;
}

Result<Visitor> by_token(Identity::Parts& parts, const net::Request& request,
                         std::string_view token) {
  TRY_STATUS(check_private(request));
  if (!token.starts_with(kTokenPrefix))
    return fail(ErrorCode::unauthenticated, "this is no token of Nocturn");
  const WallTime now = parts.clock.wall();
  Visitor visitor{.subject = {}, .method = Method::token};
  TRY_STATUS(parts.read([&](store::Reader& reader) -> Status {
    visitor.token = TRY(records::token_of_hash(reader, digest_of(token)));
    if (visitor.token) visitor.account = TRY(records::account(reader, visitor.token->account));
    return {};
  }));
  if (!visitor.token || visitor.token->expires_at <= now || !is_usable(visitor.account) ||
      parts.unrecorded->holds(visitor.token->id.text()))
    return fail(ErrorCode::unauthenticated, "this token is unknown, revoked or too old");
  visitor.subject = subject_of(*visitor.account, visitor.token->id.text());
  visitor.subject.scopes = visitor.token->scopes;
  see(parts, visitor.token->id.text(), visitor.token->last_used_at.value_or(WallTime{}), now);
  return visitor;
}

Result<Visitor> by_session(Identity::Parts& parts, const net::Request& request,
                           std::string_view secret) {
  const WallTime now = parts.clock.wall();
  Visitor visitor;
  TRY_STATUS(parts.read([&](store::Reader& reader) -> Status {
    visitor.session = TRY(records::session_of_hash(reader, digest_of(secret)));
    if (visitor.session) visitor.account = TRY(records::account(reader, visitor.session->account));
    return {};
  }));
  const bool lives = visitor.session && visitor.session->expires_at > now &&
                     now - visitor.session->last_seen_at < kSessionIdle &&
                     !parts.unrecorded->holds(visitor.session->id.text());
  if (!lives || !is_usable(visitor.account)) return nobody();
  visitor.csrf = csrf_of(secret);
  if (changes_something(request)) {
    TRY_STATUS(check_same_site(request, parts.options.public_url()));
    if (!crypto::equal_in_constant_time(as_bytes(request.header("x-csrf-token")),
                                        as_bytes(visitor.csrf)))
      return fail(ErrorCode::forbidden,
                  "the header X-CSRF-Token must hold what GET /api/v1/session says as csrf");
  }
  visitor.method = visitor.session->method;
  visitor.subject = subject_of(*visitor.account, visitor.session->id.text());
  see(parts, visitor.session->id.text(), visitor.session->last_seen_at, now);
  return visitor;
}

}  // namespace

Subject subject_of(const Account& account, std::string session) {
  return {.caller = {.account = account.id.text(),
                     .person = account.person.text(),
                     .name = account.login,
                     .session = std::move(session)},
          .grants = account.grants};
}

std::string csrf_of(std::string_view session_secret) {
  return to_hex(crypto::hmac_sha256(as_bytes(session_secret), "csrf"));
}

Result<Visitor> identify(Identity::Parts& parts, const net::Request& request) {
  if (request.local)
    return Visitor{.subject = {.caller = {.name = "local operator"}, .everything = true}};
  constexpr std::string_view kBearer = "bearer ";
  const std::string_view authorization = request.header("authorization");
  if (lower_ascii(authorization.substr(0, kBearer.size())) == kBearer)
    return by_token(parts, request, trim(authorization.substr(kBearer.size())));
  const std::string_view secret = cookie(request, cookie_name("nocturn", is_secure(request)));
  if (secret.empty()) return nobody();
  return by_session(parts, request, secret);
}

Result<Visitor> identify_owner(Identity::Parts& parts, const net::Request& request) {
  Visitor visitor = TRY(identify(parts, request));
  if (!visitor.session)
    return fail(ErrorCode::forbidden, "{} must do this signed in at the console, in person",
                visitor.account ? "the account's owner" : "whoever owns an account");
  return visitor;
}

}  // namespace nocturn::identity
