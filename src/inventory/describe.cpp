#include <boost/json.hpp>

#include "base/json.h"
#include "inventory/cloud_keys.h"
#include "inventory/inventory.h"

// Objects of the cloud as canonical JSON: what a difference compares and the ledger keeps.
namespace nocturn::inventory {
namespace {

// What was read can be described: numbers are in range and texts are UTF-8.
std::string canonical(const JsonObject& object) {
  Result<std::string> text = canonical_json(object);
  CHECK(text);
  return std::move(*text);
}

JsonArray array_of(const std::vector<std::string>& texts) {
  JsonArray array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

JsonObject object_of(const Options& options);

struct ValueWriter {
  Json operator()(bool value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const { return value; }
  Json operator()(const std::string& value) const { return Json(value); }
  Json operator()(Micros value) const { return Json(to_text(value)); }
  Json operator()(const std::vector<std::string>& value) const { return array_of(value); }
  Json operator()(const Options& value) const { return object_of(value); }
};

JsonObject object_of(const Options& options) {
  JsonObject object;
  for (const auto& [name, option] : options) object[name] = std::visit(ValueWriter(), option.value);
  return object;
}

std::string describe_cloud(const Cloud& cloud) {
  return canonical({{"name", cloud.name},
                    {"url", cloud.url},
                    {"default_locale", cloud.default_locale},
                    {"contact", JsonObject{{"name", cloud.contact.name},
                                           {"phone", cloud.contact.phone},
                                           {"email", cloud.contact.email},
                                           {"url", cloud.contact.url}}}});
}

std::string describe_center(const DataCenter& center) {
  JsonObject object{{"name", center.name},
                    {"territory", center.territory.text()},
                    {"role", name_of(center.role)}};
  if (center.location)
    object["location"] = JsonArray{center.location->first, center.location->second};
  return canonical(object);
}

std::string describe_provider(const SignInProvider& provider) {
  return canonical({{"name", provider.name},
                    {"issuer", provider.issuer},
                    {"client_id", provider.client_id},
                    {"client_secret", object_of(provider.client_secret)},
                    {"login_claim", provider.login_claim},
                    {"domains", array_of(provider.domains)},
                    {"ca_file", provider.ca_file}});
}

std::string describe_notifications(const NoticeSending& sending) {
  const MailRelay& relay = sending.relay;
  JsonObject object{{"from", sending.from},
                    {"name", sending.name},
                    {"reply_to", sending.reply_to},
                    {"bounces", JsonObject{{"address", sending.bounces_to},
                                           {"maildir", sending.bounces_maildir}}},
                    {"private_webhooks", sending.private_webhooks},
                    {"keep_days", sending.keep_days},
                    {"confirmations_per_hour", sending.confirmations_per_hour}};
  if (relay.host.empty())
    object["maildir"] = sending.maildir;
  else
    object["smtp"] =
        JsonObject{{"host", relay.host},
                   {"port", relay.port},
                   {"security", kMailSecurities[static_cast<std::size_t>(relay.security)]},
                   {"user", relay.user},
                   {"password", object_of(relay.password)},
                   {"server_name", relay.server_name},
                   {"ca_file", relay.ca_file},
                   {"hello", relay.hello},
                   {"connections", relay.connections}};
  return canonical(object);
}

std::string describe_maintenance(const MaintenanceEntry& entry) {
  JsonArray instances;
  for (const InstanceId& id : entry.instances) instances.emplace_back(id.text());
  return canonical({{"name", entry.name},
                    {"from", to_rfc3339(entry.from)},
                    {"until", to_rfc3339(entry.until)},
                    {"instances", std::move(instances)}});
}

}  // namespace

std::string describe(const Instance& instance) {
  return canonical({{"name", instance.name},
                    {"aliases", array_of(instance.aliases)},
                    {"hosts", array_of(instance.hosts)},
                    {"institutions", array_of(instance.institutions)},
                    {"product", instance.product.text()},
                    {"data_center", instance.data_center.text()},
                    {"tenancy", name_of(instance.tenancy)},
                    {"environment", name_of(instance.environment)},
                    {"hosting", name_of(instance.hosting)},
                    {"sla", instance.sla}});
}

std::string describe(const Check& check) {
  const Confirmation& confirm = check.confirm;
  return canonical({{"kind", check.kind},
                    {"options", object_of(check.options)},
                    {"every", to_text(check.every)},
                    {"timeout", to_text(check.timeout)},
                    {"layer", kLayers[static_cast<std::size_t>(check.layer)]},
                    {"vantages", array_of(check.vantages)},
                    {"confirm", JsonObject{{"failures", confirm.failures},
                                           {"recoveries", confirm.recoveries},
                                           {"retry", to_text(confirm.retry)},
                                           {"slow_above", to_text(confirm.slow_above)},
                                           {"slow_clear", to_text(confirm.slow_clear)},
                                           {"slow_of", confirm.slow_of},
                                           {"flap_detection", confirm.flap_detection}}}});
}

std::string describe(const CopyTarget& target) {
  JsonObject object{{"kind", name_of(target.kind)}, {"every", to_text(target.every)}};
  switch (target.kind) {
    case CopyTarget::Kind::folder: object["folder"] = target.folder; break;
    case CopyTarget::Kind::rsync:
    case CopyTarget::Kind::sftp:
      object["account"] = target.ssh.account;
      object["path"] = target.ssh.path;
      object["port"] = target.ssh.port;
      object["identity"] = object_of(target.ssh.identity);
      object["known_hosts"] = target.ssh.known_hosts;
      break;
    case CopyTarget::Kind::s3:
      object["endpoint"] = target.bucket.endpoint;
      object["region"] = target.bucket.region;
      object["bucket"] = target.bucket.bucket;
      object["prefix"] = target.bucket.prefix;
      object["access_key"] = target.bucket.access_key;
      object["secret_key"] = object_of(target.bucket.secret_key);
      break;
  }
  return canonical(object);
}

std::string object_name(const MaintenanceEntry& entry) {
  return fmt::format("maintenance/{}/{}", to_rfc3339(entry.from), entry.name);
}

std::map<std::string, std::string> describe(const Cloud& cloud) {
  std::map<std::string, std::string> objects;
  objects["cloud"] = describe_cloud(cloud);
  for (const auto& [id, territory] : cloud.territories)
    objects["territory/" + id.text()] =
        canonical({{"name", territory.name}, {"time_zone", territory.time_zone}});
  for (const auto& [id, center] : cloud.data_centers)
    objects["data_center/" + id.text()] = describe_center(center);
  for (const auto& [id, product] : cloud.products)
    objects["product/" + id.text()] = canonical({{"name", product.name}});
  for (const auto& [id, instance] : cloud.instances) {
    objects["instance/" + id.text()] = describe(instance);
    for (const Check& check : instance.checks)
      objects["check/" + check.id.text()] = describe(check);
  }
  for (const MaintenanceEntry& entry : cloud.maintenance)
    objects[object_name(entry)] = describe_maintenance(entry);
  // A configuration that says nothing of it has no such object.
  if (!cloud.sign_in.hub_url.empty())
    objects["sign_in"] = canonical({{"hub_url", cloud.sign_in.hub_url}});
  for (const SignInProvider& provider : cloud.sign_in.providers)
    objects["sign_in_provider/" + provider.id] = describe_provider(provider);
  if (!cloud.notifications.from.empty())
    objects["notifications"] = describe_notifications(cloud.notifications);
  for (const CopyTarget& target : cloud.copy_targets)
    objects["copy_target/" + target.id] = describe(target);
  return objects;
}

}  // namespace nocturn::inventory
