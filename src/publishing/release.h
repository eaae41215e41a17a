#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "publishing/publishing.h"
#include "publishing/stop.h"

// How copies lie in a folder, here and on other machines: each whole below releases/, and the link
// "current" to the one that readers see. A new copy is complete before the link names it.
namespace nocturn::publishing {

inline constexpr std::size_t kKept = 3;  // releases: the current one, and those before it
inline constexpr const char* kReleases = "releases";
inline constexpr const char* kCurrent = "current";

// "20261122T064105.000123Z": sorts by time.
std::string release_name(WallTime generated_at);

// The names beyond the newest kKept, but never `current`. Pure.
std::vector<std::string> outdated(std::vector<std::string> names, const std::string& current);

// The folders that the files need, each after the one it is in: "feeds", "he", "he/instances".
// Pure.
std::vector<std::string> folders_of(const Copy& copy);

// Writes the files into `folder`, which must not exist, for all to read. Nothing is synced.
Status write_release(const Copy& copy, const std::filesystem::path& folder, const Stop& stop);

}  // namespace nocturn::publishing
