#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The names of the institutions that use an instance now, by which a reader finds it (promise
// P122). Names only: no contact of theirs is known to the public pages. Folded once, when customers
// change, so that a search compares bytes. Immutable once made; views share it.
namespace nocturn::status_page {

struct TenantName {
  std::string name;    // of the institution, or another that its users know it by
  std::string folded;  // the same, as folded() has it
};

using TenantNames = std::map<std::string, std::vector<TenantName>, std::less<>>;  // by instance id
using TenantNamesPtr = std::shared_ptr<const TenantNames>;

// Lower case, without accents, for comparing: "zurich" finds "Zürich".
std::string folded(std::string_view text);

}  // namespace nocturn::status_page
