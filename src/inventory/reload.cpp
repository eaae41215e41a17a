#include "inventory/reload.h"

#include <sys/stat.h>

namespace nocturn::inventory {
namespace {

std::string fingerprint(const std::filesystem::path& folder) {
  const auto files = configuration_files(folder);
  if (!files) return files.error().message;
  std::string print;
  for (const std::filesystem::path& file : *files) {
    struct stat status{};
    // Follows links, as reading does: a mounted folder is often changed by changing a link.
    if (::stat((folder / file).c_str(), &status) != 0) continue;
    print += fmt::format("{} {} {} {}.{:09}\n", file.string(), status.st_ino, status.st_size,
                         status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  }
  return print;
}

}  // namespace

Reloader::Reloader(std::filesystem::path folder, std::span<const KindSpec> kinds)
    : folder_(std::move(folder)), kinds_(kinds) {}

Reloader::Outcome Reloader::reload() {
  // Before reading: an edit made meanwhile is seen as one afterwards.
  seen_ = fingerprint(folder_);
  Loaded loaded = load(folder_, kinds_);
  Outcome outcome;
  if (loaded.cloud == nullptr) {
    outcome.faults = loaded.faults;
    const std::lock_guard lock(mutex_);
    faults_ = std::move(loaded.faults);
    return outcome;
  }
  const CloudPtr before = cloud();
  if (before != nullptr) outcome.differences = difference(*before, *loaded.cloud);
  outcome.applied = true;
  const std::lock_guard lock(mutex_);
  cloud_ = std::move(loaded.cloud);
  faults_.clear();
  return outcome;
}

bool Reloader::edited() const { return fingerprint(folder_) != seen_; }

CloudPtr Reloader::cloud() const {
  const std::lock_guard lock(mutex_);
  return cloud_;
}

std::vector<Fault> Reloader::pending_faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

}  // namespace nocturn::inventory
