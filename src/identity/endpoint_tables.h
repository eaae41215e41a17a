#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "identity/endpoints.h"
#include "identity/model.h"
#include "identity/parts.h"
#include "identity/visitor.h"
#include "net/endpoint.h"

// The parts of the folder's endpoint table, one file each, and what their handlers share.
namespace nocturn::identity {

std::vector<net::Endpoint> session_endpoints(Desk desk);
std::vector<net::Endpoint> invitation_endpoints(Desk desk);
std::vector<net::Endpoint> device_endpoints(Desk desk);
std::vector<net::Endpoint> people_endpoints(Desk desk);
std::vector<net::Endpoint> account_list_endpoints(Desk desk);
std::vector<net::Endpoint> account_endpoints(Desk desk);
std::vector<net::Endpoint> account_key_endpoints(Desk desk);
std::vector<net::Endpoint> own_credential_endpoints(Desk desk);
std::vector<net::Endpoint> own_key_endpoints(Desk desk);

using Handle = Result<net::Answer> (*)(Identity::Parts&, const net::Call&);
// A handler bound to the desk; it is not called on a desk with nobody at it.
std::function<Result<net::Answer>(const net::Call&)> at(Desk desk, Handle handle);

// What was changed, with its version and ETag. The ETag tells any two bodies apart; If-Match takes
// it, or the version alone.
net::Answer versioned(Json body);
std::optional<std::string> expected_version(const net::Call& call);

// The account as it is now, with its ETag; `not_found` when removed.
Result<net::Answer> answer_account(Identity::Parts& parts, const AccountId& id);
Result<Account> live_account(Identity::Parts& parts, const AccountId& id);
// Who calls, for the rules.
Result<Actor> actor_of(Identity::Parts& parts, const net::Call& call);

// "https://status.example.org/console": where the caller's browser has it, else the public one.
std::string console_url(Identity::Parts& parts, const net::Request& request);
// The console's page for a one-time link: to be handed to a person.
std::string invitation_url(Identity::Parts& parts, const net::Request& request,
                           std::string_view token);

// Makes a token for an account and answers its secret, once.
Result<net::Answer> make_token(Identity::Parts& parts, const net::Call& call,
                               const AccountId& account);
Result<net::Answer> list_tokens(Identity::Parts& parts, const AccountId& account);
Result<net::Answer> list_sessions(Identity::Parts& parts, const AccountId& account,
                                  const std::string& current);
Result<net::Answer> end_session(Identity::Parts& parts, const net::Call& call,
                                const AccountId& account);
Result<net::Answer> revoke_token(Identity::Parts& parts, const net::Call& call,
                                 const AccountId& account);

}  // namespace nocturn::identity
