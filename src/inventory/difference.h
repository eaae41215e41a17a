#pragma once

#include <map>
#include <string>
#include <vector>

#include "inventory/inventory.h"

namespace nocturn::inventory {

// Objects by name, each as canonical JSON.
using Objects = std::map<std::string, std::string>;

// What became of each object, in the order of their names.
std::vector<Difference> difference(const Objects& before, const Objects& after);

}  // namespace nocturn::inventory
