#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inventory/model.h"
#include "monitoring/probe.h"
#include "net/address.h"

// How probes read their options. The configuration was checked against the kind's KindSpec before
// it became a Cloud, so a value has the declared type; an option that is absent reads as the
// fallback given here.
namespace nocturn::monitoring {

std::string_view text_option(const inventory::Options& options, std::string_view name,
                             std::string_view fallback = {});
std::int64_t integer_option(const inventory::Options& options, std::string_view name,
                            std::int64_t fallback);
double real_option(const inventory::Options& options, std::string_view name, double fallback);
bool flag_option(const inventory::Options& options, std::string_view name, bool fallback);
// Empty when absent.
const std::vector<std::string>& list_option(const inventory::Options& options,
                                            std::string_view name);
// A section or a map of texts; empty when absent.
const inventory::Options& section_option(const inventory::Options& options, std::string_view name);
bool has_option(const inventory::Options& options, std::string_view name);

// What `ip_family` ("any", "4", "6") says.
net::Family family_option(const inventory::Options& options);

// Reads a secret where the reference says: a file (its first line), a variable of the
// environment, or a credential that systemd handed over. Empty reference: empty secret.
Result<std::string> read_secret(const inventory::Options& reference, const ProbeWorld& world);

}  // namespace nocturn::monitoring
