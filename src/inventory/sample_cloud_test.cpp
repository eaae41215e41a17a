#include "inventory/sample_cloud_test.h"

#include <rapidcheck.h>

#include "inventory/sample_kinds_test.h"

namespace nocturn::inventory {
namespace {

int draw(int below) { return *rc::gen::inRange(0, below); }
bool coin() { return draw(2) == 0; }

// What tempts a reader of YAML to see more than text.
const std::string& draw_text() {
  static const std::vector<std::string> kTexts = {
      "plain",  "no",         "yes",         "true",       "~",          "null",      "1e3",
      "0x10",   "007",        "12:30:45",    "2026-11-22", "a: b",       "a #b",      "# c",
      "- d",    "? e",        "{f}",         "[g]",        "&h",         "*i",        "!j",
      "|",      ">",          "%k",          "@l",         "`m",         "'",         "\"",
      "it's",   "say \"hi\"", "back\\slash", "tab\there",  "two\nlines", "  padded ", "é",
      "日本語", "😀",         "---",         "...",        "<<",         "=",         ",",
      ":",      "-"};
  return kTexts[static_cast<std::size_t>(draw(static_cast<int>(kTexts.size())))];
}

std::vector<std::string> draw_texts() {
  std::vector<std::string> texts;
  for (int n = draw(3); n > 0; --n) texts.push_back(draw_text());
  return texts;
}

Micros draw_duration(Micros lowest, Micros highest) {
  // Whole milliseconds, so that the text is short.
  const auto whole = (highest - lowest) / std::chrono::milliseconds(1);
  return lowest + std::chrono::milliseconds(*rc::gen::inRange<std::int64_t>(0, whole + 1));
}

Options draw_options() {
  using std::chrono::seconds;
  Options options;
  const auto set = [&](const char* name, auto value) { options[name].value = std::move(value); };
  set("target", draw_text());
  set("follow", coin());
  set("count", std::int64_t{draw(11)});
  set("limit", std::int64_t{draw(1 << 20)});
  set("words", draw_texts());
  Options expect;
  expect["status"].value = std::int64_t{100 + draw(500)};
  if (coin()) expect["body"].value = draw_text();
  set("expect", std::move(expect));
  if (coin()) set("verify", coin());
  if (coin()) set("ratio", draw(101) / 100.0);
  if (coin()) set("wait", draw_duration(seconds(0), seconds(3600)));
  if (coin()) set("matches", std::string("^a.*b$"));
  if (coin()) set("page", std::string("https://example.org:8443/a?b=c#d"));
  if (coin()) set("modes", std::vector<std::string>{"slow", "fast"});
  if (coin()) set("password", Options{{"env", OptionValue{draw_text()}}});
  if (coin()) set("headers", Options{{draw_text(), OptionValue{draw_text()}}});
  return options;
}

Check draw_check(const InstanceId& instance, int number) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  Check check;
  check.name = fmt::format("c{}", number);
  check.id = CheckId(instance.text() + "/" + check.name);
  check.kind = coin() ? "sample" : "other";
  if (check.kind == "sample") check.options = draw_options();
  check.every = draw_duration(seconds(1), seconds(86'400));
  check.timeout = draw_duration(milliseconds(10),
                                std::min<Micros>(check.every - milliseconds(1), seconds(600)));
  check.layer = static_cast<Layer>(draw(5));
  if (coin()) check.vantages = {"inside", "outside"};
  check.confirm.failures = 1 + draw(100);
  check.confirm.recoveries = 1 + draw(100);
  check.confirm.slow_of = 1 + draw(99);
  check.confirm.flap_detection = coin();
  if (coin()) check.confirm.retry = draw_duration(milliseconds(100), check.every);
  if (coin() && check.timeout > milliseconds(20)) {
    check.confirm.slow_above = draw_duration(milliseconds(2), check.timeout - milliseconds(1));
    check.confirm.slow_clear = draw_duration(milliseconds(1), check.confirm.slow_above);
  }
  return check;
}

template <class Map>
typename Map::key_type draw_key(const Map& map) {
  auto at = map.begin();
  std::advance(at, draw(static_cast<int>(map.size())));
  return at->first;
}

Instance draw_instance(const Cloud& cloud, int number) {
  Instance instance;
  instance.id = InstanceId(fmt::format("i{}", number));
  instance.name = fmt::format("Instance {} {}", number, draw_text());
  if (coin()) instance.aliases = {fmt::format("{} {}", draw_text(), number)};
  if (coin())
    instance.hosts = {fmt::format("h{}.example.org", number), fmt::format("::{}", number)};
  instance.institutions = draw_texts();
  instance.product = draw_key(cloud.products);
  instance.data_center = draw_key(cloud.data_centers);
  instance.tenancy = static_cast<Tenancy>(draw(2));
  instance.environment = static_cast<Environment>(draw(2));
  instance.hosting = static_cast<Hosting>(draw(2));
  instance.sla = (1 + draw(10'000)) / 100.0;
  for (int n = draw(4); n > 0; --n) instance.checks.push_back(draw_check(instance.id, n));
  return instance;
}

MaintenanceEntry draw_maintenance(const Cloud& cloud, int number) {
  MaintenanceEntry entry;
  entry.name = fmt::format("Work {} {}", number, draw_text());
  entry.from = WallTime(std::chrono::seconds(1'800'000'000 + draw(1'000'000)));
  entry.until = entry.from + draw_duration(std::chrono::milliseconds(1), std::chrono::hours(24));
  entry.instances = {draw_key(cloud.instances)};
  return entry;
}

SignIn draw_sign_in() {
  SignIn sign_in;
  if (coin()) sign_in.hub_url = "https://hub.example.org:8443";
  if (sign_in.hub_url.empty()) return sign_in;
  for (int n = draw(3); n > 0; --n) {
    SignInProvider provider{.id = fmt::format("p{}", 9 - n),
                            .name = fmt::format("P {}", draw_text()),
                            .issuer = fmt::format("https://id.example.org/{}", n),
                            .client_id = fmt::format("c {}", draw_text()),
                            .client_secret = {},
                            .login_claim = coin() ? "preferred_username" : "email",
                            .domains = {},
                            .ca_file = coin() ? "/etc/ca.pem" : ""};
    if (coin()) provider.client_secret["file"].value = std::string("/run/secret");
    if (coin()) provider.domains = {"example.org", "example.net"};
    sign_in.providers.push_back(std::move(provider));
  }
  return sign_in;
}

NoticeSending draw_notifications() {
  NoticeSending sending;
  if (coin()) return sending;
  sending.from = "status@example.org";
  if (coin()) sending.name = fmt::format("N {}", draw_text());
  if (coin()) sending.reply_to = "help@example.org";
  sending.private_webhooks = coin();
  sending.keep_days = 30 + draw(1000);
  if (coin()) {
    sending.bounces_to = "bounces@example.org";
    if (coin()) sending.bounces_maildir = "/var/mail/bounces";
  }
  if (coin()) {
    sending.maildir = "/srv/mail";
    return sending;
  }
  sending.relay.host = "mail.example.org";
  sending.relay.port = coin() ? 25 : 587;
  sending.relay.security = coin() ? MailRelay::Security::starttls : MailRelay::Security::tls;
  if (coin()) {
    sending.relay.user = "nocturn";
    sending.relay.password["file"].value = std::string("/run/secret");
  }
  if (coin()) sending.relay.ca_file = "/etc/ca.pem";
  sending.relay.connections = coin() ? 4 : 16;
  return sending;
}

SshPlace draw_ssh(int number) {
  SshPlace place{.account = fmt::format("copy@m{}.example.net", number),
                 .path = "/srv/status-copy",
                 .port = coin() ? 22 : 2222,
                 .identity = {},
                 .known_hosts = coin() ? "/etc/nocturn/known_hosts" : ""};
  if (coin()) place.identity["credential"].value = std::string("copy-key");
  return place;
}

std::vector<CopyTarget> draw_copy_targets() {
  std::vector<CopyTarget> targets;
  for (int n = draw(4); n > 0; --n) {
    CopyTarget target;
    target.id = fmt::format("t{}", 9 - n);
    target.kind = static_cast<CopyTarget::Kind>(draw(4));
    target.every = std::chrono::seconds(coin() ? 60 : 15);
    if (target.kind == CopyTarget::Kind::folder) {
      target.folder = fmt::format("/srv/copy-{}", n);
    } else if (target.kind == CopyTarget::Kind::s3) {
      target.bucket = {.endpoint = "https://s3.example.net:9000",
                       .region = coin() ? "us-east-1" : "eu-west-1",
                       .bucket = fmt::format("status-{}", n),
                       .prefix = coin() ? "pages/" : "",
                       .access_key = "AKIDEXAMPLE",
                       .secret_key = {}};
      target.bucket.secret_key["env"].value = std::string("SECRET_KEY");
    } else {
      target.ssh = draw_ssh(n);
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

}  // namespace

Cloud draw_cloud() {
  static constexpr const char* kZones[] = {"Europe/Amsterdam", "America/Chicago", "UTC"};
  Cloud cloud;
  cloud.name = draw_text();
  if (coin()) cloud.url = "https://status.example.org";
  cloud.contact = {draw_text(), draw_text(), coin() ? "hub@example.org" : "", ""};
  for (int n = draw(3); n >= 0; --n) {
    const TerritoryId id(fmt::format("t{}", n));
    cloud.territories[id] = {id, fmt::format("T {}", draw_text()), kZones[draw(3)]};
    const DataCenterId center(fmt::format("d{}", n));
    cloud.data_centers[center] = {center, fmt::format("D {}", draw_text()), id, Role::primary, {}};
    if (coin())
      cloud.data_centers[center].location = {draw(721) / 4.0 - 90, draw(1441) / 4.0 - 180};
    const ProductId product(fmt::format("p{}", n));
    cloud.products[product] = {product, fmt::format("P {}", draw_text())};
  }
  for (int n = 1 + draw(4); n > 0; --n) {
    Instance instance = draw_instance(cloud, n);
    cloud.instances[instance.id] = std::move(instance);
  }
  for (int n = draw(3); n > 0; --n) cloud.maintenance.push_back(draw_maintenance(cloud, n));
  cloud.sign_in = draw_sign_in();
  cloud.copy_targets = draw_copy_targets();
  cloud.notifications = draw_notifications();
  return cloud;
}

Cloud draw_edit(const Cloud& cloud) {
  Cloud edited = cloud;
  if (coin()) edited.name = draw_text();
  if (coin()) edited.maintenance.clear();
  if (coin()) edited.sign_in = draw_sign_in();
  if (coin()) edited.copy_targets = draw_copy_targets();
  if (coin()) edited.notifications = draw_notifications();
  for (auto& [id, instance] : edited.instances)
    if (coin()) instance = draw_instance(edited, std::stoi(id.text().substr(1)));
  if (coin() && edited.maintenance.empty()) edited.instances.erase(edited.instances.begin());
  Instance fresh = draw_instance(edited, 100);
  if (coin()) edited.instances[fresh.id] = std::move(fresh);
  return edited;
}

}  // namespace nocturn::inventory
