#include "identity/oidc/account.h"

#include "identity/events.h"
#include "identity/parts.h"
#include "identity/records.h"
#include "identity/refusals.h"
#include "identity/request_facts.h"
#include "identity/spelling.h"

namespace nocturn::identity {
namespace {

Result<LinkState> link_state(store::Reader& reader, const OidcClaims& claims) {
  LinkState state;
  if (const auto id = TRY(records::account_of_link(reader, claims.issuer, claims.subject)))
    state.linked = TRY(records::account(reader, *id));
  const auto login = spell_login(claims.login);
  if (!login) return state;
  state.named = TRY(records::account_of_login(reader, *login));
  if (state.named)
    state.named_is_taken = TRY(records::is_linked(reader, claims.issuer, state.named->id));
  return state;
}

Result<AccountId> asked_for(Identity::Parts& parts, const OidcClaims& claims) {
  const LinkState state = TRY(parts.read(
      [&](store::Reader& reader) -> Result<LinkState> { return link_state(reader, claims); }));
  if (state.linked) return state.linked->id;
  return state.named ? state.named->id : AccountId();
}

Result<SignedIn> open_for(Identity::Parts& parts, const OidcClaims& claims,
                          const net::Request& request) {
  return sign_in_vouched(parts, TRY(account_of(parts, claims)), request);
}

}  // namespace

Result<VouchedFor> decide(const LinkState& state, const OidcClaims& claims) {
  if (state.linked) return VouchedFor{state.linked->id, {}};
  if (!state.named || state.named->kind == AccountKind::service)
    return fail(ErrorCode::not_found, "{} vouches for somebody who has no account here",
                claims.provider);
  if (state.named->disabled) return fail(ErrorCode::forbidden, "the account is disabled");
  if (state.named_is_taken)
    return fail(ErrorCode::forbidden, "{} already vouches for somebody else with this login",
                claims.provider);
  return VouchedFor{
      state.named->id,
      {events::account_linked(state.named->id, claims.provider, claims.issuer, claims.subject)}};
}

Result<AccountId> account_of(Identity::Parts& parts, const OidcClaims& claims) {
  const VouchedFor found = TRY(parts.read([&](store::Reader& reader) -> Result<VouchedFor> {
    return decide(TRY(link_state(reader, claims)), claims);
  }));
  if (found.events.empty()) return found.account;
  // Looked at once more where nothing can change meanwhile.
  TRY_STATUS(parts.record([claims](store::Reader& reader, WallTime) -> Events {
    return TRY(decide(TRY(link_state(reader, claims)), claims)).events;
  }));
  return found.account;
}

Result<SignedIn> sign_in_by_provider(Identity::Parts& parts, const OidcClaims& claims,
                                     const net::Request& request) {
  auto opened = open_for(parts, claims, request);
  if (!opened && problem_behind(opened.error()) == OidcProblem::no_account)
    note_refusal(parts, Refusal::provider, asked_for(parts, claims).value_or(AccountId()),
                 address_block(client_address(request)), name_of(OidcProblem::no_account));
  return opened;
}

}  // namespace nocturn::identity
