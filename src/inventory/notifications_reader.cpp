#include "inventory/cloud_keys.h"
#include "inventory/cloud_reader.h"
#include "inventory/section.h"
#include "inventory/values.h"
#include "net/mail_address.h"

// How notices are sent. The password travels to the relay, so it must not go in the clear to
// another machine.
namespace nocturn::inventory {
namespace {

void check_address(const Node& node, std::string_view key, const std::string& address,
                   std::string_view what, Report& report) {
  if (address.empty()) return;  // absent, or a fault already
  if (const auto parsed = net::parse_mail_address(address); !parsed)
    report.add(
        mark_of(node, key), fmt::format("{} of {} is {}", key, what, in_quotes(address)),
        fmt::format("write an address like status@example.org ({})", parsed.error().message));
}

void check_path(const Node& node, const std::string& path, std::string_view what, Report& report) {
  if (path.empty() || path.starts_with('/')) return;
  report.add(mark_of(node, "maildir"), fmt::format("maildir of {} is {}", what, in_quotes(path)),
             "write an absolute path");
}

bool is_loopback_host(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

MailRelay read_relay(const Options& options, const Node& node, Report& report) {
  MailRelay relay;
  relay.host = text_of(options, "host");
  relay.port = static_cast<int>(integer_of(options, "port"));
  relay.security = choice_of<MailRelay::Security>(options, "security", kMailSecurities);
  relay.user = text_of(options, "user");
  if (const Options* password = section_of(options, "password")) relay.password = *password;
  relay.server_name = text_of(options, "server_name");
  relay.ca_file = text_of(options, "ca_file");
  relay.hello = text_of(options, "hello");
  relay.connections = static_cast<int>(integer_of(options, "connections"));
  if (relay.security == MailRelay::Security::none && !is_loopback_host(relay.host))
    report.add(mark_of(node, "security"),
               fmt::format("security of smtp of notifications is none, and {} is another machine",
                           relay.host),
               "write starttls or tls");
  if (relay.user.empty() != relay.password.empty())
    report.add(node.mark, "smtp of notifications has a user or a password without the other",
               "write both, or none of them");
  return relay;
}

}  // namespace

NoticeSending read_notifications(const Node& node, Reading& reading) {
  NoticeSending sending;
  if (node.kind == Node::Kind::mapping && node.members.empty()) return sending;
  Report& report = reading.report;
  const Options options = read_section(node, "notifications", kNotificationKeys, report);
  sending.from = text_of(options, "from");
  sending.name = text_of(options, "name");
  sending.reply_to = text_of(options, "reply_to");
  sending.maildir = text_of(options, "maildir");
  sending.private_webhooks = flag_of(options, "private_webhooks");
  sending.keep_days = static_cast<int>(integer_of(options, "keep_days"));
  sending.confirmations_per_hour = static_cast<int>(integer_of(options, "confirmations_per_hour"));
  check_address(node, "from", sending.from, "notifications", report);
  check_address(node, "reply_to", sending.reply_to, "notifications", report);
  check_path(node, sending.maildir, "notifications", report);
  const Options* relay = section_of(options, "smtp");
  if (relay != nullptr) sending.relay = read_relay(*relay, *node.find("smtp"), report);
  if ((relay != nullptr) == has(options, "maildir"))
    report.add(mark_of(node, relay == nullptr ? "from" : "maildir"),
               relay == nullptr ? "notifications name no way for mail to go"
                                : "notifications name two ways for mail to go",
               "write smtp or maildir");
  if (const Options* bounces = section_of(options, "bounces")) {
    const Node& place = *node.find("bounces");
    sending.bounces_to = text_of(*bounces, "address");
    sending.bounces_maildir = text_of(*bounces, "maildir");
    check_address(place, "address", sending.bounces_to, "bounces of notifications", report);
    check_path(place, sending.bounces_maildir, "bounces of notifications", report);
  }
  return sending;
}

}  // namespace nocturn::inventory
