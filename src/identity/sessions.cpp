#include "identity/sessions.h"

#include <algorithm>

#include "identity/events.h"
#include "identity/records.h"
#include "identity/spelling.h"

namespace nocturn::identity {
namespace {

bool contains(std::span<const net::Permission> list, net::Permission permission) {
  return std::ranges::find(list, permission) != list.end();
}

std::unexpected<Error> wrong() { return fail(ErrorCode::unauthenticated, "{}", kWrongSignIn); }

Status check_second_factor(const Account& account, bool recovery_known,
                           const OpenSession& command) {
  if (account.second_factor.empty()) return {};
  if (command.recovery) {
    if (!recovery_known) return fail(ErrorCode::unauthenticated, "this code was used already");
    return {};
  }
  if (!command.step) return fail(ErrorCode::code_required, "a second factor is needed");
  if (account.last_code_step && *command.step <= *account.last_code_step)
    return fail(ErrorCode::unauthenticated, "this code was used already; wait for the next one");
  return {};
}

}  // namespace

Events decide(const AccountState& state, bool recovery_known, const OpenSession& command,
              WallTime now) {
  const Account& account = state.account;
  if (account.disabled || account.kind == AccountKind::service) return wrong();
  if (!command.vouched) {
    if (account.password.empty() || account.password != command.password) return wrong();
    TRY_STATUS(check_second_factor(account, recovery_known, command));
  }
  std::vector<ledger::Event> events;
  // The list is in order of age; the new one must find room.
  for (std::size_t i = 0; i + kMostSessions <= state.sessions.size(); ++i)
    events.push_back(events::session_ended(account.id, state.sessions[i].id, "too many sessions",
                                           account.login));
  Session session = command.session;
  session.expires_at = now + kSessionLife;
  const bool coded = !command.vouched && !account.second_factor.empty();
  if (coded && command.recovery)
    events.push_back(events::recovery_code_used(account.id, *command.recovery));
  events.push_back(events::session_opened(
      session, command.hash, coded && !command.recovery ? command.step : std::nullopt));
  return events;
}

Events decide(const AccountState& state, const EndSession& command) {
  if (std::ranges::find(state.sessions, command.id, &Session::id) == state.sessions.end())
    return fail(ErrorCode::not_found, "{} has no session {}", state.account.login,
                command.id.text());
  return std::vector{
      events::session_ended(command.account, command.id, command.because, command.by)};
}

Events decide(const AccountState& state, const MakeToken& command, WallTime now) {
  const Account& account = state.account;
  if (account.disabled)
    return fail(ErrorCode::conflict, "{} is disabled; enable it first", account.login);
  Token token = command.token;
  token.name = TRY(spell_line("the token's name", token.name));
  if (command.days < 1 || command.days > kLongestTokenDays)
    return fail(ErrorCode::invalid, "a token lives 1 to {} days", kLongestTokenDays);
  if (state.tokens.size() >= kMostTokens)
    return fail(ErrorCode::limited, "{} has {} tokens; revoke some first", account.login,
                kMostTokens);
  std::ranges::sort(token.scopes);
  const auto twice = std::ranges::unique(token.scopes);
  token.scopes.erase(twice.begin(), twice.end());
  if (token.scopes.empty()) return fail(ErrorCode::invalid, "a token needs at least one scope");
  const Subject owner{.caller = {.account = account.id.text(), .name = account.login},
                      .grants = account.grants};
  for (const net::Permission scope : token.scopes) {
    const bool held = std::ranges::any_of(account.grants, [&](const Grant& grant) {
      return contains(permissions_of(grant.role), scope);
    });
    if (!held && !authorize(owner, scope, {}))
      return fail(ErrorCode::forbidden, "{} itself lacks the right {}", account.login,
                  net::name_of(scope));
    if (!contains(command.by.may, scope))
      return fail(ErrorCode::forbidden, "{} lacks the right {}", command.by.name,
                  net::name_of(scope));
  }
  token.expires_at = now + std::chrono::days(command.days);
  std::vector<ledger::Event> events;
  if (command.device)
    events.push_back(
        events::device_approved(account.id, command.device->first, command.device->second));
  events.push_back(events::token_made(token, command.hash, command.by.name));
  return events;
}

Events decide(const AccountState& state, const RevokeToken& command) {
  if (std::ranges::find(state.tokens, command.id, &Token::id) == state.tokens.end())
    return fail(ErrorCode::not_found, "{} has no token {}", state.account.login, command.id.text());
  return std::vector{
      events::token_revoked(command.account, command.id, "revoked", command.by.name)};
}

ledger::Decide on_store(OpenSession command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    const AccountId& id = command.session.account;
    auto state = account_state(reader, id, now);
    if (!state) return wrong();
    const bool known =
        command.recovery && TRY(records::has_recovery_code(reader, id, *command.recovery));
    return decide(*state, known, command, now);
  };
}

ledger::Decide on_store(EndSession command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(account_state(reader, command.account, now)), command);
  };
}

ledger::Decide on_store(MakeToken command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(account_state(reader, command.token.account, now)), command, now);
  };
}

ledger::Decide on_store(RevokeToken command) {
  return [command = std::move(command)](store::Reader& reader, WallTime now) -> Events {
    return decide(TRY(account_state(reader, command.account, now)), command);
  };
}

ledger::Decide end_overdue() {
  return [](store::Reader& reader, WallTime now) -> Events {
    std::vector<ledger::Event> events;
    for (const Session& session : TRY(records::overdue_sessions(reader, now)))
      events.push_back(events::session_ended(session.account, session.id,
                                             session.expires_at <= now ? "time over" : "idle",
                                             "the hub"));
    for (const Token& token : TRY(records::overdue_tokens(reader, now)))
      events.push_back(events::token_revoked(token.account, token.id, "time over", "the hub"));
    return events;
  };
}

}  // namespace nocturn::identity
