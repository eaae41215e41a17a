#include "inventory/model.h"

#include "base/result.h"
#include "inventory/cloud_keys.h"

namespace nocturn::inventory {

const Instance* Cloud::find(const InstanceId& id) const {
  const auto found = instances.find(id);
  return found == instances.end() ? nullptr : &found->second;
}

const Territory& Cloud::territory_of(const Instance& instance) const {
  const auto center = data_centers.find(instance.data_center);
  CHECK(center != data_centers.end());
  const auto territory = territories.find(center->second.territory);
  CHECK(territory != territories.end());
  return territory->second;
}

std::string_view name_of(Role role) { return kRoles[static_cast<std::size_t>(role)]; }
std::string_view name_of(Tenancy tenancy) { return kTenancies[static_cast<std::size_t>(tenancy)]; }
std::string_view name_of(Environment environment) {
  return kEnvironments[static_cast<std::size_t>(environment)];
}
std::string_view name_of(Hosting hosting) { return kHostings[static_cast<std::size_t>(hosting)]; }
std::string_view name_of(CopyTarget::Kind kind) {
  return kCopyKinds[static_cast<std::size_t>(kind)];
}

}  // namespace nocturn::inventory
