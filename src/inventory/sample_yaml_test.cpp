#include <rapidcheck.h>

#include "inventory/sample_cloud_test.h"

// The configuration that says what a drawn cloud is; quotes of both kinds.
namespace nocturn::inventory {
namespace {

bool coin() { return *rc::gen::inRange(0, 2) == 0; }

std::string quoted_text(const std::string& text) {
  const bool line = !text.contains('\n') && !text.contains('\t');
  if (line && coin()) {
    std::string single = "'";
    for (const char c : text) single += c == '\'' ? std::string("''") : std::string(1, c);
    return single + "'";
  }
  std::string twice = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') twice += '\\';
    twice += c == '\n' ? "\\n" : c == '\t' ? "\\t" : std::string(1, c);
  }
  return twice + "\"";
}

std::string yaml_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) list += (list.size() > 1 ? ", " : "") + quoted_text(text);
  return list + "]";
}

std::string yaml_map(const Options& options) {
  struct Writer {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(const std::string& value) const { return quoted_text(value); }
    std::string operator()(Micros value) const { return to_text(value); }
    std::string operator()(const std::vector<std::string>& value) const { return yaml_list(value); }
    std::string operator()(const Options& value) const { return yaml_map(value); }
  };
  std::string map = "{";
  for (const auto& [name, option] : options) {
    const bool size = name == "limit";
    map += fmt::format("{}{}: {}{}", map.size() > 1 ? ", " : "", quoted_text(name),
                       std::visit(Writer(), option.value), size ? "B" : "");
  }
  return map + "}";
}

std::string yaml_check(const Check& check) {
  const Confirmation& confirm = check.confirm;
  static constexpr const char* kNames[] = {"facility", "network", "host", "service", "transaction"};
  std::string text = fmt::format(
      "      {}:\n        {}: {}\n        every: {}\n        timeout: {}\n        layer: {}\n"
      "        vantages: {}\n        confirm:\n          failures: {}\n          recoveries: {}\n"
      "          slow_of: {}\n          flap_detection: {}\n",
      check.name, check.kind, yaml_map(check.options), to_text(check.every), to_text(check.timeout),
      kNames[static_cast<int>(check.layer)], yaml_list(check.vantages), confirm.failures,
      confirm.recoveries, confirm.slow_of, confirm.flap_detection);
  if (confirm.retry > Micros(0))
    text += fmt::format("          retry: {}\n", to_text(confirm.retry));
  if (confirm.slow_above > Micros(0))
    text += fmt::format("          slow_above: {}\n          slow_clear: {}\n",
                        to_text(confirm.slow_above), to_text(confirm.slow_clear));
  return text;
}

std::string yaml_provider(const SignInProvider& provider) {
  std::string text = fmt::format(
      "    {}:\n      name: {}\n      issuer: {}\n      client_id: {}\n      login_claim: {}\n",
      provider.id, quoted_text(provider.name), provider.issuer, quoted_text(provider.client_id),
      provider.login_claim);
  if (!provider.client_secret.empty())
    text += fmt::format("      client_secret: {}\n", yaml_map(provider.client_secret));
  if (!provider.domains.empty())
    text += fmt::format("      allow: {{domains: {}}}\n", yaml_list(provider.domains));
  if (!provider.ca_file.empty()) text += fmt::format("      ca_file: {}\n", provider.ca_file);
  return text;
}

std::string yaml_notifications(const NoticeSending& sending) {
  const MailRelay& relay = sending.relay;
  std::string text = fmt::format("notifications:\n  from: {}\n", sending.from);
  if (!sending.name.empty()) text += fmt::format("  name: {}\n", quoted_text(sending.name));
  if (!sending.reply_to.empty()) text += fmt::format("  reply_to: {}\n", sending.reply_to);
  text += fmt::format("  private_webhooks: {}\n  keep_days: {}\n", sending.private_webhooks,
                      sending.keep_days);
  if (!sending.bounces_to.empty()) {
    text += fmt::format("  bounces:\n    address: {}\n", sending.bounces_to);
    if (!sending.bounces_maildir.empty())
      text += fmt::format("    maildir: {}\n", sending.bounces_maildir);
  }
  if (relay.host.empty()) return text + fmt::format("  maildir: {}\n", sending.maildir);
  text += fmt::format("  smtp:\n    host: {}\n    port: {}\n    security: {}\n", relay.host,
                      relay.port, relay.security == MailRelay::Security::tls ? "tls" : "starttls");
  if (!relay.user.empty())
    text += fmt::format("    user: {}\n    password: {{file: /run/secret}}\n", relay.user);
  if (!relay.ca_file.empty()) text += fmt::format("    ca_file: {}\n", relay.ca_file);
  return text + fmt::format("    connections: {}\n", relay.connections);
}

std::string yaml_copy_target(const CopyTarget& target) {
  std::string text = fmt::format("    {}:\n      every: {}\n", target.id, to_text(target.every));
  if (target.kind == CopyTarget::Kind::folder)
    return text + fmt::format("      folder: {}/\n", target.folder);
  text += fmt::format("      {}:\n", name_of(target.kind));
  if (target.kind == CopyTarget::Kind::s3)
    return text + fmt::format(
                      "        endpoint: {}/\n        region: {}\n        bucket: {}\n"
                      "        prefix: {}\n        access_key: {}\n        secret_key: {}\n",
                      target.bucket.endpoint, target.bucket.region, target.bucket.bucket,
                      quoted_text(target.bucket.prefix), target.bucket.access_key,
                      yaml_map(target.bucket.secret_key));
  text += fmt::format("        to: \"{}:{}\"\n        port: {}\n", target.ssh.account,
                      target.ssh.path, target.ssh.port);
  if (!target.ssh.identity.empty())
    text += fmt::format("        identity: {}\n", yaml_map(target.ssh.identity));
  if (!target.ssh.known_hosts.empty())
    text += fmt::format("        known_hosts: {}\n", target.ssh.known_hosts);
  return text;
}

std::string yaml_instance(const Instance& instance) {
  std::string text = fmt::format(
      "  {}:\n    name: {}\n    aliases: {}\n    hosts: {}\n    institutions: {}\n    product: {}\n"
      "    data_center: {}\n    tenancy: {}\n    environment: {}\n    hosting: {}\n    sla: {}\n",
      instance.id.text(), quoted_text(instance.name), yaml_list(instance.aliases),
      yaml_list(instance.hosts), yaml_list(instance.institutions), instance.product.text(),
      instance.data_center.text(), name_of(instance.tenancy), name_of(instance.environment),
      name_of(instance.hosting), instance.sla);
  if (!instance.checks.empty()) text += "    checks:\n";
  for (const Check& check : instance.checks) text += yaml_check(check);
  return text;
}

}  // namespace

std::string to_yaml(const Cloud& cloud) {
  std::string text = fmt::format("cloud:\n  name: {}\n  default_locale: {}\n",
                                 quoted_text(cloud.name), cloud.default_locale);
  if (!cloud.url.empty()) text += fmt::format("  url: {}\n", cloud.url);
  text += fmt::format("  contact: {{name: {}, phone: {}", quoted_text(cloud.contact.name),
                      quoted_text(cloud.contact.phone));
  if (!cloud.contact.email.empty()) text += ", email: " + cloud.contact.email;
  text += "}\nterritories:\n";
  for (const auto& [id, territory] : cloud.territories)
    text += fmt::format("  {}: {{name: {}, time_zone: {}}}\n", id.text(),
                        quoted_text(territory.name), territory.time_zone);
  text += "data_centers:\n";
  for (const auto& [id, center] : cloud.data_centers) {
    text += fmt::format("  {}: {{name: {}, territory: {}, role: {}", id.text(),
                        quoted_text(center.name), center.territory.text(), name_of(center.role));
    if (center.location)
      text += fmt::format(", location: [{}, {}]", center.location->first, center.location->second);
    text += "}\n";
  }
  text += "products:\n";
  for (const auto& [id, product] : cloud.products)
    text += fmt::format("  {}: {{name: {}}}\n", id.text(), quoted_text(product.name));
  text += "instances:\n";
  for (const auto& [id, instance] : cloud.instances) text += yaml_instance(instance);
  text += "maintenance:\n";
  for (const MaintenanceEntry& entry : cloud.maintenance)
    text += fmt::format("  - {{name: {}, from: \"{}\", until: \"{}\", instances: [{}]}}\n",
                        quoted_text(entry.name), to_rfc3339(entry.from), to_rfc3339(entry.until),
                        entry.instances[0].text());
  if (!cloud.sign_in.hub_url.empty())
    text += fmt::format("sign_in:\n  hub_url: {}/\n", cloud.sign_in.hub_url);
  if (!cloud.sign_in.providers.empty()) text += "  providers:\n";
  for (const SignInProvider& provider : cloud.sign_in.providers) text += yaml_provider(provider);
  if (!cloud.copy_targets.empty()) text += "status_page:\n  publish:\n";
  for (const CopyTarget& target : cloud.copy_targets) text += yaml_copy_target(target);
  if (!cloud.notifications.from.empty()) text += yaml_notifications(cloud.notifications);
  return text;
}

}  // namespace nocturn::inventory
