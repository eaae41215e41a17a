#include "inventory/cloud_keys.h"
#include "inventory/cloud_reader.h"
#include "inventory/section.h"
#include "inventory/values.h"
#include "net/http_fetch.h"
#include "net/url.h"

// How people sign in. Secrets and codes travel to the addresses that stand here, so they must be
// addresses that nobody on the way can read.
namespace nocturn::inventory {
namespace {

const Options& section_or_none(const Options& options, std::string_view name) {
  static const Options kNone;
  const Options* section = section_of(options, name);
  return section == nullptr ? kNone : *section;
}

void check_address(const Node& node, std::string_view key, const std::string& url,
                   std::string_view what, Report& report) {
  if (url.empty()) return;  // absent, or a fault already
  if (const Status status = net::check_private(url); !status)
    report.add(
        mark_of(node, key),
        fmt::format("{} of {} is {}, which others on the way can read", key, what, in_quotes(url)),
        "write https://; http:// is for this machine itself");
}

// Scheme, host and port alone: the hub is not below a path.
void check_hub_url(const Node& node, const std::string& url, Report& report) {
  check_address(node, "hub_url", url, "sign_in", report);
  const auto parsed = net::parse_url(url);
  if (parsed && parsed->target != "/")
    report.add(mark_of(node, "hub_url"),
               fmt::format("hub_url of sign_in has the path {}", in_quotes(parsed->target)),
               "write scheme, host and port alone");
}

SignInProvider read_provider(const std::string& id, const Options& options, const Node& node,
                             Report& report) {
  const std::string what = fmt::format("{} in providers of sign_in", id);
  SignInProvider provider;
  provider.id = id;
  provider.name = text_of(options, "name");
  provider.issuer = text_of(options, "issuer");
  provider.client_id = text_of(options, "client_id");
  provider.client_secret = section_or_none(options, "client_secret");
  provider.login_claim = text_of(options, "login_claim");
  provider.domains = list_of(section_or_none(options, "allow"), "domains");
  provider.ca_file = text_of(options, "ca_file");
  check_address(node, "issuer", provider.issuer, what, report);
  if (provider.issuer.contains('?') || provider.issuer.contains('#'))
    report.add(mark_of(node, "issuer"),
               fmt::format("issuer of {} is {}", what, in_quotes(provider.issuer)),
               "an issuer has no query and no fragment");
  for (const std::string& domain : provider.domains)
    if (!is_host(domain))
      report.add(mark_of(*node.find("allow"), "domains"),
                 fmt::format("an item of domains of {} is {}", what, in_quotes(domain)),
                 "write what stands after the @ of an address, like example.org");
  return provider;
}

}  // namespace

SignIn read_sign_in(const Node& node, const Cloud& cloud, Reading& reading) {
  SignIn sign_in;
  if (node.kind == Node::Kind::mapping && node.members.empty()) return sign_in;
  const Options options = read_section(node, "sign_in", kSignInKeys, reading.report);
  sign_in.hub_url = text_of(options, "hub_url");
  while (sign_in.hub_url.ends_with('/')) sign_in.hub_url.pop_back();
  check_hub_url(node, sign_in.hub_url, reading.report);
  const Node* list = node.find("providers");
  for (const auto& [id, value] : section_or_none(options, "providers"))
    sign_in.providers.push_back(
        read_provider(id, std::get<Options>(value.value), *list->find(id), reading.report));
  if (sign_in.providers.empty() || !sign_in.hub_url.empty()) return sign_in;
  sign_in.hub_url = cloud.url;
  const auto url = net::parse_url(cloud.url);
  if (!url || url->target != "/" || !net::check_private(cloud.url))
    reading.report.add(mark_of(node, "providers"),
                       "sign_in has providers, but they cannot send people back to url of cloud",
                       "add \"hub_url: …\": where people reach the console, with https://");
  return sign_in;
}

}  // namespace nocturn::inventory
