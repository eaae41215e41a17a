#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/shape.h"
#include "identity/model.h"
#include "identity/visitor.h"

// What the API of this folder sends and takes, as shapes and as JSON: beside each other, so that
// they are changed together.
namespace nocturn::identity {

namespace shapes {
Shape role_held();     // as it is sent
Shape roles_to_set();  // a list, as it is taken
Shape account();       // "Account"
Shape person();        // "Person", with its accounts
Shape session();       // "Session": who is signed in
Shape sessions();      // "Sessions": an account's live ones
Shape tokens();        // "Tokens": an account's live ones, never their secrets
Shape new_token();     // request
Shape made_token();    // the secret, once, and its facts
Shape id(std::string_view about);
Shape login();
Shape permission_list(std::string_view about);
Shape done();  // an empty object
}  // namespace shapes

Json to_json(const Account& account);
Json to_json(const Person& person, const std::vector<Account>& accounts);
Json to_json(const Session& session, const std::string& current);
Json to_json(const Token& token);
// The Session of who is signed in; `person` when there is one behind the account.
Json to_json(const Visitor& visitor, const std::optional<Person>& person);

// What a request says, once it fits its shape.
std::vector<Grant> grants_from(const Json& body);
std::vector<net::Permission> scopes_from(const Json& body);

}  // namespace nocturn::identity
