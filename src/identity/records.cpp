#include "identity/records.h"

#include <algorithm>

#include "base/text.h"
#include "store/search_pattern.h"

namespace nocturn::identity::records {
namespace {

constexpr char kBetween = '\x1f';  // sorts before every character of a name

constexpr std::string_view kPeople =
    "SELECT id, name, email, created_at, removed_at, entry FROM identity_people";
constexpr std::string_view kAccounts =
    "SELECT id, login, kind, person, disabled, password, second_factor, last_code_step, "
    "created_at, last_sign_in_at, removed_at, entry FROM identity_accounts";
constexpr std::string_view kSessions =
    "SELECT s.id, s.account, s.method, s.address, s.agent, s.created_at, s.expires_at, "
    "COALESCE(seen.seen_at, s.created_at) FROM identity_sessions AS s "
    "LEFT JOIN sightings AS seen ON seen.id = s.id";
constexpr std::string_view kTokens =
    "SELECT t.id, t.account, t.name, t.scopes, t.created_at, t.expires_at, seen.seen_at "
    "FROM identity_tokens AS t LEFT JOIN sightings AS seen ON seen.id = t.id";
constexpr std::string_view kInvitations =
    "SELECT id, kind, account, expires_at FROM identity_invitations";

std::int64_t to_column(WallTime time) { return time.time_since_epoch().count(); }
WallTime from_column(std::int64_t micros) { return WallTime(Micros(micros)); }

std::optional<WallTime> time_or_nothing(const store::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return from_column(row.integer(column));
}

std::string text_or_nothing(const store::Row& row, int column) {
  return row.is_null(column) ? std::string() : std::string(row.text(column));
}

Person read_person(const store::Row& row) {
  return {.id = PersonId(std::string(row.text(0))),
          .name = std::string(row.text(1)),
          .email = std::string(row.text(2)),
          .created_at = from_column(row.integer(3)),
          .removed_at = time_or_nothing(row, 4),
          .version = static_cast<std::uint64_t>(row.integer(5))};
}

Account read_account(const store::Row& row) {
  Account account;
  account.id = AccountId(std::string(row.text(0)));
  account.login = row.text(1);
  account.kind =
      row.text(2) == name_of(AccountKind::service) ? AccountKind::service : AccountKind::person;
  account.person = PersonId(text_or_nothing(row, 3));
  account.disabled = row.integer(4) != 0;
  account.password = SecretId(text_or_nothing(row, 5));
  account.second_factor = SecretId(text_or_nothing(row, 6));
  if (!row.is_null(7)) account.last_code_step = row.integer(7);
  account.created_at = from_column(row.integer(8));
  account.last_sign_in_at = time_or_nothing(row, 9);
  account.removed_at = time_or_nothing(row, 10);
  account.version = static_cast<std::uint64_t>(row.integer(11));
  return account;
}

AccountId read_account_id(const store::Row& row) { return AccountId(std::string(row.text(0))); }

Session read_session(const store::Row& row) {
  Session session;
  session.id = SessionId(std::string(row.text(0)));
  session.account = AccountId(std::string(row.text(1)));
  for (const Method method : {Method::password, Method::recovery_code, Method::oidc})
    if (row.text(2) == name_of(method)) session.method = method;
  session.address = row.text(3);
  session.agent = row.text(4);
  session.created_at = from_column(row.integer(5));
  session.expires_at = from_column(row.integer(6));
  session.last_seen_at = std::max(session.created_at, from_column(row.integer(7)));
  return session;
}

Token read_token(const store::Row& row) {
  Token token;
  token.id = TokenId(std::string(row.text(0)));
  token.account = AccountId(std::string(row.text(1)));
  token.name = row.text(2);
  const std::string_view scopes = row.text(3);
  for (const std::string_view scope : split(scopes, ' '))
    for (const net::Permission permission : net::kPermissions)
      if (net::name_of(permission) == scope) token.scopes.push_back(permission);
  token.created_at = from_column(row.integer(4));
  token.expires_at = from_column(row.integer(5));
  token.last_used_at = time_or_nothing(row, 6);
  return token;
}

Invitation read_invitation(const store::Row& row) {
  Invitation invitation;
  invitation.id = InvitationId(std::string(row.text(0)));
  for (const InvitationKind kind :
       {InvitationKind::first, InvitationKind::invitation, InvitationKind::reset})
    if (row.text(1) == name_of(kind)) invitation.kind = kind;
  invitation.account = AccountId(text_or_nothing(row, 2));
  invitation.expires_at = from_column(row.integer(3));
  return invitation;
}

template <class Thing>
Result<std::vector<Thing>> all(store::Reader& reader, std::string_view select,
                               std::string_view which, store::Parameters parameters,
                               Thing (*read)(const store::Row&)) {
  const std::string sql = fmt::format("{} {}", select, which);
  std::vector<Thing> found;
  TRY_STATUS(reader.query(sql.c_str(), parameters,
                          [&](const store::Row& row) { found.push_back(read(row)); }));
  return found;
}

template <class Thing>
Result<std::optional<Thing>> one(store::Reader& reader, std::string_view select,
                                 std::string_view which, store::Parameters parameters,
                                 Thing (*read)(const store::Row&)) {
  const std::string sql = fmt::format("{} {}", select, which);
  return reader.first(sql.c_str(), parameters, read);
}

Status add_grants(store::Reader& reader, Account& account) {
  return reader.query(
      "SELECT role, institution FROM identity_grants WHERE account = ? ORDER BY role, institution",
      {account.id.text()}, [&](const store::Row& row) {
        if (const auto role = role_from(row.text(0)))
          account.grants.push_back({*role, std::string(row.text(1))});
      });
}

Result<std::vector<Account>> with_grants(store::Reader& reader, std::vector<Account> accounts) {
  for (Account& account : accounts) TRY_STATUS(add_grants(reader, account));
  return accounts;
}

Result<std::optional<Account>> with_grants(store::Reader& reader, std::optional<Account> account) {
  if (account) TRY_STATUS(add_grants(reader, *account));
  return account;
}

}  // namespace

Result<std::optional<Person>> person(store::Reader& reader, const PersonId& id) {
  return one(reader, kPeople, "WHERE id = ?", {id.text()}, read_person);
}

std::string page_key(const Person& person) { return person.name + kBetween + person.id.text(); }

Result<std::vector<Person>> people(store::Reader& reader, std::string_view search,
                                   const net::PageRequest& page) {
  const std::size_t between = page.after.rfind(kBetween);
  const std::string name = page.after.substr(0, between);
  const std::string id = between == std::string::npos ? "" : page.after.substr(between + 1);
  const std::string pattern = store::search_pattern(search);
  return all(reader, kPeople,
             "WHERE removed_at IS NULL AND (name > ? OR (name = ? AND id > ?)) AND "
             "(LOWER(name) LIKE ? ESCAPE '\\' OR LOWER(email) LIKE ? ESCAPE '\\' OR EXISTS "
             "(SELECT 1 FROM identity_accounts AS a WHERE a.person = identity_people.id AND "
             "a.removed_at IS NULL AND a.login LIKE ? ESCAPE '\\')) ORDER BY name, id LIMIT ?",
             {name, name, id, pattern, pattern, pattern, static_cast<std::int64_t>(page.limit)},
             read_person);
}

Result<std::optional<Account>> account(store::Reader& reader, const AccountId& id) {
  return with_grants(reader,
                     TRY(one(reader, kAccounts, "WHERE id = ?", {id.text()}, read_account)));
}

Result<std::optional<Account>> account_of_login(store::Reader& reader, std::string_view login) {
  return with_grants(reader, TRY(one(reader, kAccounts, "WHERE login = ? AND removed_at IS NULL",
                                     {login}, read_account)));
}

Result<std::optional<AccountId>> account_of_link(store::Reader& reader, std::string_view issuer,
                                                 std::string_view subject) {
  return one(reader, "SELECT account FROM identity_links", "WHERE issuer = ? AND subject = ?",
             {issuer, subject}, read_account_id);
}

Result<bool> is_linked(store::Reader& reader, std::string_view issuer, const AccountId& account) {
  return TRY(one(reader, "SELECT account FROM identity_links", "WHERE issuer = ? AND account = ?",
                 {issuer, account.text()}, read_account_id))
      .has_value();
}

Result<std::vector<Account>> accounts_of(store::Reader& reader, const PersonId& person) {
  return with_grants(reader, TRY(all(reader, kAccounts,
                                     "WHERE person = ? AND removed_at IS NULL ORDER BY login, id",
                                     {person.text()}, read_account)));
}

Result<std::vector<Account>> services(store::Reader& reader, const net::PageRequest& page) {
  return with_grants(reader,
                     TRY(all(reader, kAccounts,
                             "WHERE kind = 'service' AND removed_at IS NULL AND login > ? "
                             "ORDER BY login LIMIT ?",
                             {page.after, static_cast<std::int64_t>(page.limit)}, read_account)));
}

Result<std::int64_t> other_administrators(store::Reader& reader, const AccountId& account) {
  const auto count = TRY(reader.first(
      "SELECT COUNT(*) FROM identity_accounts AS a JOIN identity_grants AS g ON g.account = a.id "
      "WHERE g.role = 'administrator' AND g.institution = '' AND a.kind = 'person' AND "
      "a.disabled = 0 AND a.removed_at IS NULL AND a.last_sign_in_at IS NOT NULL AND a.id <> ?",
      {account.text()}, [](const store::Row& row) { return row.integer(0); }));
  return count.value_or(0);
}

Result<std::vector<Session>> sessions(store::Reader& reader, const AccountId& account,
                                      WallTime now) {
  return all(reader, kSessions,
             "WHERE s.account = ? AND s.ended_at IS NULL AND s.expires_at > ? AND "
             "COALESCE(seen.seen_at, s.created_at) > ? ORDER BY s.created_at, s.id",
             {account.text(), to_column(now), to_column(now - kSessionIdle)}, read_session);
}

Result<std::optional<Session>> session_of_hash(store::Reader& reader, std::string_view hash) {
  return one(reader, kSessions, "WHERE s.hash = ? AND s.ended_at IS NULL", {hash}, read_session);
}

Result<std::vector<Session>> overdue_sessions(store::Reader& reader, WallTime now) {
  return all(reader, kSessions,
             "WHERE s.ended_at IS NULL AND (s.expires_at <= ? OR "
             "COALESCE(seen.seen_at, s.created_at) <= ?) ORDER BY s.created_at, s.id LIMIT 1000",
             {to_column(now), to_column(now - kSessionIdle)}, read_session);
}

Result<std::vector<Token>> tokens(store::Reader& reader, const AccountId& account, WallTime now) {
  return all(reader, kTokens,
             "WHERE t.account = ? AND t.revoked_at IS NULL AND t.expires_at > ? "
             "ORDER BY t.created_at, t.id",
             {account.text(), to_column(now)}, read_token);
}

Result<std::vector<Token>> overdue_tokens(store::Reader& reader, WallTime now) {
  return all(reader, kTokens,
             "WHERE t.revoked_at IS NULL AND t.expires_at <= ? "
             "ORDER BY t.created_at, t.id LIMIT 1000",
             {to_column(now)}, read_token);
}

Result<std::optional<Token>> token_of_hash(store::Reader& reader, std::string_view hash) {
  return one(reader, kTokens, "WHERE t.hash = ? AND t.revoked_at IS NULL", {hash}, read_token);
}

Result<std::optional<Invitation>> invitation_of_hash(store::Reader& reader, std::string_view hash,
                                                     WallTime now) {
  return one(reader, kInvitations, "WHERE hash = ? AND ended_at IS NULL AND expires_at > ?",
             {hash, to_column(now)}, read_invitation);
}

Result<std::vector<Invitation>> invitations(store::Reader& reader, const AccountId& account) {
  return all(reader, kInvitations,
             "WHERE COALESCE(account, '') = ? AND ended_at IS NULL ORDER BY id", {account.text()},
             read_invitation);
}

Result<bool> has_recovery_code(store::Reader& reader, const AccountId& account,
                               std::string_view hash) {
  const auto found = TRY(reader.first(
      "SELECT 1 FROM identity_recovery_codes WHERE hash = ? AND account = ? AND used_at IS NULL",
      {hash, account.text()}, [](const store::Row& row) { return row.integer(0); }));
  return found.has_value();
}

}  // namespace nocturn::identity::records
