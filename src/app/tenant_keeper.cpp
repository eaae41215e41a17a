#include "app/tenant_keeper.h"

#include <algorithm>

#include "customers/customers.h"

namespace nocturn::app {
namespace {

constexpr Micros kOldest = std::chrono::seconds(30);
constexpr std::string_view kInstitutions = "customers.institution.";
constexpr std::string_view kAssets = "customers.asset.";

void add(std::vector<status_page::TenantName>& names, const std::string& name) {
  names.push_back({name, status_page::folded(name)});
}

}  // namespace

void TenantKeeper::look_at(std::span<const ledger::Entry> entries) {
  const bool matters = std::ranges::any_of(entries, [](const ledger::Entry& entry) {
    return entry.event.type.starts_with(kInstitutions) || entry.event.type.starts_with(kAssets);
  });
  if (matters) changed_ = true;
}

Result<status_page::TenantNamesPtr> TenantKeeper::names(store::Database& database) {
  const SteadyTime now = clock_.steady();
  // Taken before reading: what is recorded from now on marks again.
  const bool changed = changed_.exchange(false);
  if (!changed && names_ && now - read_at_ < kOldest) return names_;
  auto names = std::make_shared<status_page::TenantNames>();
  const Status read = database.read([&](store::Reader& reader) -> Status {
    for (const auto& [instance, institutions] : TRY(customers::tenants(reader, clock_.wall()))) {
      std::vector<status_page::TenantName>& of_instance = (*names)[instance];
      for (const customers::Institution& institution : institutions) {
        add(of_instance, institution.name);
        for (const std::string& alias : institution.aliases) add(of_instance, alias);
      }
    }
    return {};
  });
  if (!read) {
    changed_ = true;
    return std::unexpected(read.error());
  }
  names_ = std::move(names);
  read_at_ = now;
  return names_;
}

}  // namespace nocturn::app
