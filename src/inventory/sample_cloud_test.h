#pragma once

#include <string>

#include "inventory/inventory.h"

// Clouds drawn by rapidcheck (inside a property), and the configuration that says the same.
namespace nocturn::inventory {

// Right in every respect, with checks of kSampleKinds and texts that YAML makes hard.
Cloud draw_cloud();
// Some objects of it changed, added or removed; right again.
Cloud draw_edit(const Cloud& cloud);
// As configuration, in quotes of drawn kinds.
std::string to_yaml(const Cloud& cloud);

}  // namespace nocturn::inventory
