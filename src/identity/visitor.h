#pragma once

#include <optional>
#include <string>

#include "identity/identity.h"
#include "identity/model.h"
#include "identity/people.h"

// Who stands before the door: finds the session or token that a request carries.
namespace nocturn::identity {

struct Visitor {
  Subject subject;
  Method method = Method::socket;
  std::optional<Account> account = {};  // nothing for the local operator
  std::optional<Session> session = {};
  std::optional<Token> token = {};
  std::string csrf = {};  // to be sent back in X-CSRF-Token; for sessions alone

  Actor actor() const { return {subject.caller.name, permitted(subject)}; }
};

// As Identity::authenticate(), with all that was found.
Result<Visitor> identify(Identity::Parts& parts, const net::Request& request);
// The same, for what only the owner of an account may do with their own hands: neither a token nor
// the local operator will do.
Result<Visitor> identify_owner(Identity::Parts& parts, const net::Request& request);

// The subject that an account is when it signed in by a session of its own.
Subject subject_of(const Account& account, std::string session);
// Derived from the session's secret, so that nothing more is kept.
std::string csrf_of(std::string_view session_secret);

}  // namespace nocturn::identity
