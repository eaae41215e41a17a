#pragma once

#include <array>
#include <span>
#include <string_view>

#include "inventory/kind.h"

// Every key of a configuration but the options of check kinds: the one declaration from which
// reading, the JSON Schema and the messages come. Choices stand in the order of their enumerators.
namespace nocturn::inventory {

inline constexpr std::string_view kRoles[] = {"primary", "off_site"};
inline constexpr std::string_view kTenancies[] = {"multi", "single"};
inline constexpr std::string_view kEnvironments[] = {"production", "sandbox"};
inline constexpr std::string_view kHostings[] = {"private", "public"};
inline constexpr std::string_view kLayers[] = {"facility", "network", "host", "service",
                                               "transaction"};

inline constexpr OptionSpec kContactKeys[] = {
    {.name = "name", .type = OptionType::text, .sentence = "how the operating center calls itself"},
    {.name = "phone", .type = OptionType::text, .sentence = "the number that is answered 24x7"},
    {.name = "email", .type = OptionType::text, .sentence = "the address that is read 24x7"},
    {.name = "url", .type = OptionType::url, .sentence = "the page to open a case"},
};

inline constexpr OptionSpec kCloudKeys[] = {
    {.name = "name",
     .type = OptionType::text,
     .default_text = "Library Cloud",
     .sentence = "the cloud's name, as the status page shows it"},
    {.name = "url",
     .type = OptionType::url,
     .sentence = "where the public finds the status page; links in mails and feeds start with it"},
    {.name = "default_locale",
     .type = OptionType::text,
     .default_text = "en",
     .sentence = "the language of pages and mails when the reader asks for none"},
    {.name = "contact",
     .type = OptionType::section,
     .sentence = "how to reach the operating center",
     .section = kContactKeys},
};

inline constexpr OptionSpec kTerritoryKeys[] = {
    {.name = "name", .type = OptionType::text, .required = true, .sentence = "its name for people"},
    {.name = "time_zone",
     .type = OptionType::time_zone,
     .required = true,
     .sentence =
         "the zone in which its maintenance windows are told, for example Europe/Amsterdam"},
};

inline constexpr OptionSpec kDataCenterKeys[] = {
    {.name = "name", .type = OptionType::text, .required = true, .sentence = "its name for people"},
    {.name = "territory",
     .type = OptionType::id,
     .required = true,
     .sentence = "the territory it is in"},
    {.name = "role",
     .type = OptionType::text,
     .default_text = "primary",
     .sentence = "primary, or off_site: the second center that keeps the territory's copies",
     .choices = kRoles},
    {.name = "location",
     .type = OptionType::location,
     .sentence = "[latitude, longitude] in degrees"},
};

inline constexpr OptionSpec kProductKeys[] = {
    {.name = "name", .type = OptionType::text, .required = true, .sentence = "its name for people"},
};

inline constexpr OptionSpec kInstanceKeys[] = {
    {.name = "name",
     .type = OptionType::text,
     .required = true,
     .sentence = "its name for people, unique in the cloud"},
    {.name = "aliases",
     .type = OptionType::text_list,
     .sentence = "other names it is known by, unique in the cloud"},
    {.name = "hosts",
     .type = OptionType::text_list,
     .sentence = "host names that customers use; each belongs to one instance"},
    {.name = "institutions",
     .type = OptionType::text_list,
     .sentence =
         "names of customers to find the instance by, where customers are not kept in the hub"},
    {.name = "product",
     .type = OptionType::id,
     .required = true,
     .sentence = "the product that runs here"},
    {.name = "data_center",
     .type = OptionType::id,
     .required = true,
     .sentence = "the data center where it runs"},
    {.name = "tenancy",
     .type = OptionType::text,
     .default_text = "multi",
     .sentence = "multi: many customers share it; single: one customer has it alone",
     .choices = kTenancies},
    {.name = "environment",
     .type = OptionType::text,
     .default_text = "production",
     .sentence = "production, or sandbox",
     .choices = kEnvironments},
    {.name = "hosting",
     .type = OptionType::text,
     .default_text = "private",
     .sentence = "private: the provider's own machines; public: rented ones",
     .choices = kHostings},
    {.name = "sla",
     .type = OptionType::real,
     .default_text = "99.5",
     .sentence = "promised availability in percent",
     .lowest = 0,
     .highest = 100},
    {.name = "checks", .type = OptionType::section, .sentence = "what is watched, by name"},
};

inline constexpr OptionSpec kConfirmKeys[] = {
    {.name = "failures",
     .type = OptionType::integer,
     .default_text = "3",
     .sentence = "so many failures in a row, and the check is down",
     .lowest = 1,
     .highest = 100},
    {.name = "recoveries",
     .type = OptionType::integer,
     .default_text = "2",
     .sentence = "so many passes in a row, and it is up again",
     .lowest = 1,
     .highest = 100},
    {.name = "retry",
     .type = OptionType::duration,
     .sentence = "time between re-checks while a change is being confirmed; a third of every",
     .lowest = 0.1},
    {.name = "slow_above",
     .type = OptionType::duration,
     .sentence = "a median above this is a performance issue",
     .lowest = 0.001},
    {.name = "slow_clear",
     .type = OptionType::duration,
     .sentence = "a median below this ends it; four fifths of slow_above",
     .lowest = 0.001},
    {.name = "slow_of",
     .type = OptionType::integer,
     .default_text = "5",
     .sentence = "the median of so many probes decides",
     .lowest = 1,
     .highest = 99},
    {.name = "flap_detection",
     .type = OptionType::boolean,
     .default_text = "true",
     .sentence = "hold back changes of a check that goes up and down all the time"},
};

inline constexpr OptionSpec kCheckKeys[] = {
    {.name = "every",
     .type = OptionType::duration,
     .default_text = "30s",
     .sentence = "time from one probe to the next",
     .lowest = 1,
     .highest = 86'400},
    {.name = "timeout",
     .type = OptionType::duration,
     .sentence = "the one deadline of a probe; 10s, or half of every when that is less",
     .lowest = 0.01,
     .highest = 600},
    {.name = "layer",
     .type = OptionType::text,
     .sentence = "from the ground up; a failure below explains failures above it; as the kind says",
     .choices = kLayers},
    {.name = "vantages",
     .type = OptionType::id_list,
     .sentence = "where it is probed from; the hub itself"},
    {.name = "confirm",
     .type = OptionType::section,
     .sentence = "when outcomes become a verdict",
     .section = kConfirmKeys},
};

inline constexpr OptionSpec kMaintenanceKeys[] = {
    {.name = "name",
     .type = OptionType::text,
     .required = true,
     .sentence = "what will be done, as the public reads it"},
    {.name = "from",
     .type = OptionType::text,
     .required = true,
     .sentence = "its start: 2026-12-06T00:00:00Z, or local time 2026-12-06 00:00"},
    {.name = "until",
     .type = OptionType::text,
     .required = true,
     .sentence = "its end, in the same forms"},
    {.name = "time_zone",
     .type = OptionType::time_zone,
     .sentence = "the zone of local times; that of the instances' territory"},
    {.name = "instances",
     .type = OptionType::id_list,
     .required = true,
     .sentence = "the instances concerned"},
};

inline constexpr OptionSpec kAllowKeys[] = {
    {.name = "domains",
     .type = OptionType::text_list,
     .sentence = "only people whose verified e-mail address is in one of these; everybody"},
};

inline constexpr OptionSpec kProviderKeys[] = {
    {.name = "name",
     .type = OptionType::text,
     .required = true,
     .sentence = "its name for people, as the sign-in page shows it"},
    {.name = "issuer",
     .type = OptionType::url,
     .required = true,
     .sentence = "its issuer, letter by letter as it writes it; what it offers is found below it"},
    {.name = "client_id",
     .type = OptionType::text,
     .required = true,
     .sentence = "what it calls this hub"},
    {.name = "client_secret",
     .type = OptionType::secret,
     .sentence = "what proves to it that it is this hub; none for a public client"},
    {.name = "login_claim",
     .type = OptionType::text,
     .default_text = "preferred_username",
     .sentence = "the claim that tells the login of an account here, at the first sign-in"},
    {.name = "allow",
     .type = OptionType::section,
     .sentence = "who of those that it knows may come in",
     .section = kAllowKeys},
    {.name = "ca_file",
     .type = OptionType::text,
     .sentence = "PEM file of the authority behind its certificate; the system's authorities"},
};

inline constexpr OptionSpec kSignInKeys[] = {
    {.name = "hub_url",
     .type = OptionType::url,
     .sentence = "where people reach the console, as registered with the providers; url of cloud"},
    {.name = "providers",
     .type = OptionType::section_map,
     .sentence = "where people may sign in besides the hub itself, by id (OpenID Connect)",
     .section = kProviderKeys},
};

inline constexpr std::string_view kCopyKinds[] = {"folder", "rsync", "sftp", "s3"};

inline constexpr OptionSpec kSshPlaceKeys[] = {
    {.name = "to",
     .type = OptionType::text,
     .required = true,
     .sentence = "user@host:/absolute/path; the web server's root is \"current\" below it"},
    {.name = "port",
     .type = OptionType::integer,
     .default_text = "22",
     .sentence = "where its SSH server listens",
     .lowest = 1,
     .highest = 65'535},
    {.name = "identity",
     .type = OptionType::secret,
     .sentence = "the private key, {file: …} or {credential: …}; that of the hub's own account"},
    {.name = "known_hosts",
     .type = OptionType::text,
     .sentence = "file with the server's host key; that of the hub's own account"},
};

inline constexpr OptionSpec kBucketPlaceKeys[] = {
    {.name = "endpoint",
     .type = OptionType::url,
     .required = true,
     .sentence = "the store's address without a path; the bucket is named in the path"},
    {.name = "region",
     .type = OptionType::text,
     .default_text = "us-east-1",
     .sentence = "the region that requests are signed for"},
    {.name = "bucket", .type = OptionType::text, .required = true, .sentence = "the bucket's name"},
    {.name = "prefix",
     .type = OptionType::text,
     .sentence = "what the key of every object begins with, like status/; nothing"},
    {.name = "access_key",
     .type = OptionType::text,
     .required = true,
     .sentence = "the id of a key that may read, write and delete objects there"},
    {.name = "secret_key",
     .type = OptionType::secret,
     .required = true,
     .sentence = "the secret that belongs to it"},
};

inline constexpr OptionSpec kCopyTargetKeys[] = {
    {.name = "folder",
     .type = OptionType::text,
     .sentence = "a folder of this machine; the web server's root is \"current\" below it"},
    {.name = "rsync",
     .type = OptionType::section,
     .sentence = "another machine, by rsync over SSH",
     .section = kSshPlaceKeys},
    {.name = "sftp",
     .type = OptionType::section,
     .sentence = "another machine, by SFTP",
     .section = kSshPlaceKeys},
    {.name = "s3",
     .type = OptionType::section,
     .sentence = "a bucket of an S3-compatible store",
     .section = kBucketPlaceKeys},
    {.name = "every",
     .type = OptionType::duration,
     .default_text = "1m",
     .sentence = "the longest time from one copy to the next; changes go out at once",
     .lowest = 10,
     .highest = 240},
};

inline constexpr OptionSpec kStatusPageKeys[] = {
    {.name = "publish",
     .type = OptionType::section_map,
     .sentence = "where static copies of the public pages are kept, by id",
     .section = kCopyTargetKeys},
};

inline constexpr std::string_view kMailSecurities[] = {"none", "starttls", "tls"};

inline constexpr OptionSpec kMailRelayKeys[] = {
    {.name = "host",
     .type = OptionType::text,
     .required = true,
     .sentence = "the mail server that takes mail for everybody"},
    {.name = "port",
     .type = OptionType::integer,
     .default_text = "25",
     .sentence = "where it listens",
     .lowest = 1,
     .highest = 65'535},
    {.name = "security",
     .type = OptionType::text,
     .default_text = "starttls",
     .sentence = "starttls: TLS or nothing; tls: TLS from the first byte; none: for this machine",
     .choices = kMailSecurities},
    {.name = "user", .type = OptionType::text, .sentence = "the name to sign in with; none"},
    {.name = "password", .type = OptionType::secret, .sentence = "the password that belongs to it"},
    {.name = "server_name",
     .type = OptionType::text,
     .sentence = "the name that its certificate has; host"},
    {.name = "ca_file",
     .type = OptionType::text,
     .sentence = "PEM file of the authority behind its certificate; the system's authorities"},
    {.name = "hello",
     .type = OptionType::text,
     .sentence = "what this machine calls itself; the domain of from"},
    {.name = "connections",
     .type = OptionType::integer,
     .default_text = "4",
     .sentence = "at most so many connections at once",
     .lowest = 1,
     .highest = 64},
};

inline constexpr OptionSpec kBounceKeys[] = {
    {.name = "address",
     .type = OptionType::text,
     .required = true,
     .sentence = "where undeliverable mail comes back: bounces@example.org gets mail to "
                 "bounces+…@example.org, too"},
    {.name = "maildir",
     .type = OptionType::text,
     .sentence = "the folder in which such mail arrives; none: it is handed to nocturn "
                 "notification bounce"},
};

inline constexpr OptionSpec kNotificationKeys[] = {
    {.name = "from",
     .type = OptionType::text,
     .required = true,
     .sentence = "the address that notices come from"},
    {.name = "name", .type = OptionType::text, .sentence = "the sender's name; name of cloud"},
    {.name = "reply_to",
     .type = OptionType::text,
     .sentence = "the address that answers go to; from"},
    {.name = "smtp",
     .type = OptionType::section,
     .sentence = "the mail server that takes notices",
     .section = kMailRelayKeys},
    {.name = "maildir",
     .type = OptionType::text,
     .sentence =
         "instead of smtp: a folder of this machine into which all mail is put; none leaves"},
    {.name = "bounces",
     .type = OptionType::section,
     .sentence = "how it is told that mail could not be delivered",
     .section = kBounceKeys},
    {.name = "private_webhooks",
     .type = OptionType::boolean,
     .default_text = "false",
     .sentence = "whether subscribers may name URLs in private networks"},
    {.name = "keep_days",
     .type = OptionType::integer,
     .default_text = "400",
     .sentence = "for how many days each delivery is kept once it ended; the ledger keeps its end",
     .lowest = 30,
     .highest = 10000},
    {.name = "confirmations_per_hour",
     .type = OptionType::integer,
     .default_text = "1000",
     .sentence = "how many mails asking to confirm a subscription go out in an hour, whoever asks",
     .lowest = 10,
     .highest = 1000000},
};

// The sections of a configuration, in the order of reading: each may be spread over files.
struct Part {
  enum class Shape { single, by_id, list };
  std::string_view name;
  Shape shape;
  std::string_view one;  // what one entry is called in messages
  std::string_view sentence;
  std::span<const OptionSpec> keys;
};
inline constexpr Part kParts[] = {
    {"cloud", Part::Shape::single, "cloud", "the cloud as a whole", kCloudKeys},
    {"territories", Part::Shape::by_id, "territory", "parts of the world with their own rules",
     kTerritoryKeys},
    {"data_centers", Part::Shape::by_id, "data center", "where the machines are", kDataCenterKeys},
    {"products", Part::Shape::by_id, "product", "the software that is offered", kProductKeys},
    {"instances", Part::Shape::by_id, "instance", "what runs: a row of the status page each",
     kInstanceKeys},
    {"maintenance", Part::Shape::list, "maintenance", "announced maintenance", kMaintenanceKeys},
    {"sign_in", Part::Shape::single, "sign_in", "how people sign in", kSignInKeys},
    {"status_page", Part::Shape::single, "status_page", "the public pages", kStatusPageKeys},
    {"notifications", Part::Shape::single, "notifications", "how subscribers are told",
     kNotificationKeys},
};

}  // namespace nocturn::inventory
