#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/id.h"

// The cloud as plain data, as the configuration describes it. A Cloud is checked before it
// exists: references resolve, names are unique, numbers are in range. It never changes; a reload
// makes a new one.
namespace nocturn::inventory {

using TerritoryId = Id<struct TerritoryTag>;
using DataCenterId = Id<struct DataCenterTag>;
using ProductId = Id<struct ProductTag>;
using InstanceId = Id<struct InstanceTag>;
using CheckId = Id<struct CheckTag>;  // "<instance>/<check>", unique in the cloud

enum class Role { primary, off_site };
enum class Tenancy { multi, single };
enum class Environment { production, sandbox };
enum class Hosting { private_cloud, public_cloud };  // "private", "public" in text
// From the ground up; a failure below explains failures above it.
enum class Layer { facility, network, host, service, transaction };

// As in the configuration: "off_site", "multi", "production", "private".
std::string_view name_of(Role role);
std::string_view name_of(Tenancy tenancy);
std::string_view name_of(Environment environment);
std::string_view name_of(Hosting hosting);

// Where a node stands: file relative to the configuration folder, line and column from 1.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

struct Territory {
  TerritoryId id;
  std::string name;
  std::string time_zone;  // IANA, known to the system
};

struct DataCenter {
  DataCenterId id;
  std::string name;
  TerritoryId territory;
  Role role = Role::primary;
  std::optional<std::pair<double, double>> location;  // latitude, longitude in degrees
};

struct Product {
  ProductId id;
  std::string name;
};

// One option's value as the probe kind declared it (inventory/kind.h).
struct OptionValue;
using Options = std::map<std::string, OptionValue, std::less<>>;
struct OptionValue {
  std::variant<bool, std::int64_t, double, std::string, Micros, std::vector<std::string>, Options>
      value;
};

// When a check's outcomes become a verdict. Defaults are the documented ones.
struct Confirmation {
  int failures = 3;                        // consecutive, until a failure is hard
  int recoveries = 2;                      // consecutive, until it is over
  Micros retry = std::chrono::seconds(0);  // between re-checks while soft; 0: every / 3
  Micros slow_above{0}, slow_clear{0};     // latency thresholds; 0: none
  int slow_of = 5;                         // the median of so many decides
  bool flap_detection = true;
};

struct Check {
  CheckId id;
  std::string name;  // the key under `checks`
  std::string kind;  // "http", "z3950", …
  Options options;
  Micros every = std::chrono::seconds(30);
  Micros timeout = std::chrono::seconds(10);  // the one total deadline
  Layer layer = Layer::service;
  std::vector<std::string> vantages;  // empty: the hub itself
  Confirmation confirm;
  Place place;
};

struct MaintenanceEntry {
  std::string name;
  WallTime from, until;
  std::vector<InstanceId> instances;
};

struct Instance {
  InstanceId id;
  std::string name;
  std::vector<std::string> aliases;
  std::vector<std::string> hosts;
  std::vector<std::string> institutions;  // to be found by, beside the customers that are kept
  ProductId product;
  DataCenterId data_center;
  Tenancy tenancy = Tenancy::multi;
  Environment environment = Environment::production;
  Hosting hosting = Hosting::private_cloud;
  double sla = 99.5;  // percent
  std::vector<Check> checks;
  Place place;
};

struct HubContact {
  std::string name, phone, email, url;
};

// Somebody else's door: an OpenID Connect provider.
struct SignInProvider {
  std::string id;
  std::string name;
  std::string issuer;
  std::string client_id;
  Options client_secret;  // where it is; empty: a public client, which has none
  std::string login_claim = "preferred_username";
  std::vector<std::string> domains;  // of e-mail; empty: everybody
  std::string ca_file;               // empty: the system's authorities
};

struct SignIn {
  std::string hub_url;  // without a trailing slash; not empty when there are providers
  std::vector<SignInProvider> providers;  // by id
};

// A server that takes files by SSH.
struct SshPlace {
  std::string account;  // "user@host"
  std::string path;     // absolute; of letters, digits and "._-/" alone
  int port = 22;
  Options identity;         // where the private key is; empty: as the hub's own account has it
  std::string known_hosts;  // file; empty: as the hub's own account has it
};

// A bucket of an S3-compatible store.
struct BucketPlace {
  std::string endpoint;  // scheme, host and port
  std::string region, bucket;
  std::string prefix;  // of every object's key; empty, or with a trailing slash
  std::string access_key;
  Options secret_key;  // where it is
};

// How notices leave the house (notifications/).
struct MailRelay {
  enum class Security { none, starttls, tls };
  std::string host;
  int port = 25;
  Security security = Security::starttls;
  std::string user;
  Options password;         // where it is; empty: none
  std::string server_name;  // that its certificate has; empty: the host
  std::string ca_file;      // empty: the system's authorities
  std::string hello;        // what this machine calls itself; empty: the sender's domain
  int connections = 4;
};
struct NoticeSending {
  std::string from;             // address; empty: notices are not sent, and nobody can subscribe
  std::string name;             // of the sender; empty: the cloud's
  std::string reply_to;         // address; empty: none
  MailRelay relay;              // when its host is not empty
  std::string maildir;          // else mail goes into this folder
  std::string bounces_to;       // address; bounces go to local+token@domain; empty: to the sender
  std::string bounces_maildir;  // where such mail arrives; empty: by `nocturn notification bounce`
  bool private_webhooks = false;      // URLs of subscribers may lead into private networks
  int keep_days = 400;                // so long deliveries are kept that ended
  int confirmations_per_hour = 1000;  // mails that strangers may cause, all of them together
};

// Where a static copy of the status page is kept (publishing/).
struct CopyTarget {
  enum class Kind { folder, rsync, sftp, s3 };
  std::string id;
  Kind kind = Kind::folder;
  std::string folder;  // absolute
  SshPlace ssh;        // of rsync and sftp
  BucketPlace bucket;
  Micros every = std::chrono::seconds(60);  // the longest time from one copy to the next
};
std::string_view name_of(CopyTarget::Kind kind);

struct Cloud {
  std::string name = "Library Cloud";
  std::string url;  // of the status page, without a trailing slash
  std::string default_locale = "en";
  HubContact contact;
  std::map<TerritoryId, Territory> territories;
  std::map<DataCenterId, DataCenter> data_centers;
  std::map<ProductId, Product> products;
  std::map<InstanceId, Instance> instances;
  std::vector<MaintenanceEntry> maintenance;
  SignIn sign_in;
  NoticeSending notifications;
  std::vector<CopyTarget> copy_targets;  // by id

  const Instance* find(const InstanceId& id) const;
  const Territory& territory_of(const Instance& instance) const;
};

using CloudPtr = std::shared_ptr<const Cloud>;

}  // namespace nocturn::inventory
