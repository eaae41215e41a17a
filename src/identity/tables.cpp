#include "identity/identity.h"

namespace nocturn::identity {
namespace {

constexpr store::Migration kMigrations[] = {
    {1, "people",
     "CREATE TABLE identity_people ("
     "  id TEXT PRIMARY KEY,"
     "  name TEXT NOT NULL,"
     "  email TEXT NOT NULL,"
     "  created_at INTEGER NOT NULL,"
     "  removed_at INTEGER,"
     "  entry INTEGER NOT NULL"  // that changed name or email last
     ") STRICT;"
     "CREATE INDEX identity_people_by_name ON identity_people (name, id);"
     "CREATE TABLE identity_accounts ("
     "  id TEXT PRIMARY KEY,"
     "  login TEXT NOT NULL,"
     "  kind TEXT NOT NULL,"
     "  person TEXT,"  // null for services
     "  disabled INTEGER NOT NULL,"
     "  password TEXT,"       // id in secrets
     "  second_factor TEXT,"  // id in secrets
     "  last_code_step INTEGER,"
     "  created_at INTEGER NOT NULL,"
     "  last_sign_in_at INTEGER,"
     "  removed_at INTEGER,"
     "  entry INTEGER NOT NULL"  // that changed roles or disabled last
     ") STRICT;"
     "CREATE INDEX identity_accounts_by_login ON identity_accounts (login);"
     "CREATE INDEX identity_accounts_of_person ON identity_accounts (person);"
     "CREATE TABLE identity_grants ("
     "  account TEXT NOT NULL,"
     "  role TEXT NOT NULL,"
     "  institution TEXT NOT NULL,"  // empty: everywhere
     "  PRIMARY KEY (account, role, institution)"
     ") STRICT;"
     "CREATE INDEX identity_grants_of_role ON identity_grants (role)"},
    {2, "credentials",
     "CREATE TABLE identity_recovery_codes ("
     "  hash TEXT PRIMARY KEY,"
     "  account TEXT NOT NULL,"
     "  used_at INTEGER"
     ") STRICT;"
     "CREATE INDEX identity_recovery_codes_of_account ON identity_recovery_codes (account);"
     "CREATE TABLE identity_invitations ("
     "  id TEXT PRIMARY KEY,"
     "  hash TEXT NOT NULL,"
     "  kind TEXT NOT NULL,"
     "  account TEXT,"  // null for the first administrator
     "  expires_at INTEGER NOT NULL,"
     "  ended_at INTEGER"
     ") STRICT;"
     "CREATE UNIQUE INDEX identity_invitations_by_hash ON identity_invitations (hash);"
     "CREATE TABLE identity_sessions ("
     "  id TEXT PRIMARY KEY,"
     "  hash TEXT NOT NULL,"
     "  account TEXT NOT NULL,"
     "  method TEXT NOT NULL,"
     "  address TEXT NOT NULL,"
     "  agent TEXT NOT NULL,"
     "  created_at INTEGER NOT NULL,"
     "  expires_at INTEGER NOT NULL,"
     "  ended_at INTEGER,"
     "  ended_because TEXT"
     ") STRICT;"
     "CREATE UNIQUE INDEX identity_sessions_by_hash ON identity_sessions (hash);"
     "CREATE INDEX identity_sessions_of_account ON identity_sessions (account, ended_at);"
     "CREATE TABLE identity_tokens ("
     "  id TEXT PRIMARY KEY,"
     "  hash TEXT NOT NULL,"
     "  account TEXT NOT NULL,"
     "  name TEXT NOT NULL,"
     "  scopes TEXT NOT NULL,"  // names of rights, a blank between
     "  created_at INTEGER NOT NULL,"
     "  expires_at INTEGER NOT NULL,"
     "  revoked_at INTEGER"
     ") STRICT;"
     "CREATE UNIQUE INDEX identity_tokens_by_hash ON identity_tokens (hash);"
     "CREATE INDEX identity_tokens_of_account ON identity_tokens (account, revoked_at)"},
    {3, "beside the ledger",
     "CREATE TABLE secrets ("
     "  id TEXT PRIMARY KEY,"
     "  secret TEXT NOT NULL,"  // an Argon2id string, or sealed
     "  made_at INTEGER NOT NULL"
     ") STRICT;"
     "CREATE TABLE sightings ("
     "  id TEXT PRIMARY KEY,"  // of a session or token
     "  seen_at INTEGER NOT NULL"
     ") STRICT"},
    {4, "links to sign-in providers",
     "CREATE TABLE identity_links ("
     "  issuer TEXT NOT NULL,"
     "  subject TEXT NOT NULL,"
     "  account TEXT NOT NULL,"
     "  linked_at INTEGER NOT NULL,"
     "  PRIMARY KEY (issuer, subject)"
     ") STRICT;"
     "CREATE UNIQUE INDEX identity_links_of_account ON identity_links (account, issuer)"},
    {5, "tries to sign in",  // beside the ledger, too
     "CREATE TABLE sign_in_tries ("
     "  who TEXT PRIMARY KEY,"  // MAC of a device, an address or an account
     "  failures INTEGER NOT NULL,"
     "  last_at INTEGER NOT NULL"
     ") STRICT;"
     "CREATE INDEX sign_in_tries_by_time ON sign_in_tries (last_at)"}};

}  // namespace

std::span<const store::Migration> migrations() { return kMigrations; }

}  // namespace nocturn::identity
