#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/model.h"
#include "net/endpoint.h"
#include "store/store.h"

// All that is read from the tables, one function per question. Removed persons and accounts are
// found by their id alone. Hashes are SHA-256 in hex of what was shown once.
namespace nocturn::identity::records {

Result<std::optional<Person>> person(store::Reader& reader, const PersonId& id);
// Not removed, by name; `search` is looked for in name, email and logins.
Result<std::vector<Person>> people(store::Reader& reader, std::string_view search,
                                   const net::PageRequest& page);
// The key of a person's place in people().
std::string page_key(const Person& person);

Result<std::optional<Account>> account(store::Reader& reader, const AccountId& id);
// Not removed.
Result<std::optional<Account>> account_of_login(store::Reader& reader, std::string_view login);
// That is linked to a sign-in provider's name for somebody.
Result<std::optional<AccountId>> account_of_link(store::Reader& reader, std::string_view issuer,
                                                 std::string_view subject);
// Whether the account is linked to some subject of the issuer.
Result<bool> is_linked(store::Reader& reader, std::string_view issuer, const AccountId& account);
// Of a person, not removed, by login.
Result<std::vector<Account>> accounts_of(store::Reader& reader, const PersonId& person);
// Service accounts that are not removed, by login.
Result<std::vector<Account>> services(store::Reader& reader, const net::PageRequest& page);
// How many accounts besides this one are administrators everywhere, may sign in, and did so once.
Result<std::int64_t> other_administrators(store::Reader& reader, const AccountId& account);

// Neither ended, nor past their time, nor unseen for kSessionIdle.
Result<std::vector<Session>> sessions(store::Reader& reader, const AccountId& account,
                                      WallTime now);
// Not ended, but perhaps past its time.
Result<std::optional<Session>> session_of_hash(store::Reader& reader, std::string_view hash);
// Not ended, though their time is over or they were not seen for kSessionIdle; at most 1,000.
Result<std::vector<Session>> overdue_sessions(store::Reader& reader, WallTime now);

// Past their time, and nothing says so yet; at most 1,000.
Result<std::vector<Token>> overdue_tokens(store::Reader& reader, WallTime now);
// Neither revoked nor past their time.
Result<std::vector<Token>> tokens(store::Reader& reader, const AccountId& account, WallTime now);
// Not revoked, but perhaps past its time.
Result<std::optional<Token>> token_of_hash(store::Reader& reader, std::string_view hash);

// Neither ended nor past their time.
Result<std::optional<Invitation>> invitation_of_hash(store::Reader& reader, std::string_view hash,
                                                     WallTime now);
// Not ended: of an account, or with an empty account those for the first administrator.
Result<std::vector<Invitation>> invitations(store::Reader& reader, const AccountId& account);

// Whether this is a recovery code of the account that was not used.
Result<bool> has_recovery_code(store::Reader& reader, const AccountId& account,
                               std::string_view hash);

}  // namespace nocturn::identity::records
