#include "web/search.h"

#include <algorithm>

#include "base/line.h"
#include "base/text.h"

namespace nocturn::web {
namespace {

using status_page::folded;

constexpr std::size_t kShortestWord = 3;  // letters, so that the list cannot be leafed through

bool holds_all(const std::string& name, const std::vector<std::string_view>& words) {
  for (const std::string_view word : words)
    if (!word.empty() && name.find(word) == std::string::npos) return false;
  return true;
}

bool names_somebody(const std::vector<std::string_view>& words) {
  return std::ranges::any_of(
      words, [](std::string_view word) { return characters(word) >= kShortestWord; });
}

// The host in an address that was copied from a browser; a bare host is itself.
std::string_view host_in(std::string_view address) {
  if (const std::size_t scheme = address.find("://"); scheme != address.npos)
    address.remove_prefix(scheme + 3);
  return address.substr(0, address.find_first_of("/:?#"));
}

}  // namespace

std::optional<Match> match(const status_page::View& view, const status_page::Row& row,
                           std::string_view query) {
  const std::string wanted = folded(trim(query));
  const std::vector<std::string_view> words = split(wanted, ' ');
  const inventory::Instance& instance = *row.instance;
  const std::string product = view.cloud().products.at(instance.product).name;
  if (holds_all(folded(fmt::format("{} {} {}", instance.name, instance.id.text(), product)), words))
    return Match{Match::By::name, {}};
  for (const std::string& alias : instance.aliases)
    if (holds_all(folded(alias), words)) return Match{Match::By::alias, alias};
  for (const std::string& host : instance.hosts)
    if (folded(host) == host_in(wanted)) return Match{Match::By::host, {}};
  if (!names_somebody(words)) return std::nullopt;
  for (const std::string& declared : instance.institutions)
    if (holds_all(folded(declared), words)) return Match{Match::By::institution, declared};
  for (const status_page::TenantName& tenant : view.tenants(row))
    if (holds_all(tenant.folded, words)) return Match{Match::By::institution, tenant.name};
  return std::nullopt;
}

}  // namespace nocturn::web
