#include "app/config_keeper.h"

#include <algorithm>

#include "base/log.h"
#include "monitoring/probe.h"

namespace nocturn::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFaultsInAnswer = 20;

void log_faults(const std::vector<inventory::Fault>& faults) {
  for (const inventory::Fault& fault : faults) log::error("inventory", fault.text());
}

// The error of a wrong configuration: its first faults, each on a line.
std::unexpected<Error> wrong(const fs::path& folder, const std::vector<inventory::Fault>& faults) {
  std::string text = fmt::format("{} mistake{} in the configuration:", faults.size(),
                                 faults.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(faults.size(), kFaultsInAnswer); ++i)
    text += "\n  " + faults[i].text();
  if (faults.size() > kFaultsInAnswer) text += "\n  … see nocturn config check " + folder.string();
  return fail(ErrorCode::invalid, "{}", text);
}

}  // namespace

ConfigKeeper::ConfigKeeper(fs::path folder, fs::path last_right)
    : folder_(std::move(folder)),
      last_right_(std::move(last_right)),
      reloader_(folder_, monitoring::probe_specs()) {}

Status ConfigKeeper::first() {
  const inventory::Reloader::Outcome outcome = reloader_.reload();
  if (outcome.applied) {
    keep_copy();
    return {};
  }
  log_faults(outcome.faults);
  inventory::Loaded kept = inventory::load(last_right_, monitoring::probe_specs());
  if (!kept.cloud) return wrong(folder_, outcome.faults);
  log::warning("app", "the configuration is wrong; going on with the last one that was right",
               {{"mistakes", outcome.faults.size()}, {"copy", last_right_.string()}});
  fallback_ = std::move(kept.cloud);
  return {};
}

void ConfigKeeper::on_apply(Record record, Started started) {
  record_ = std::move(record);
  started_ = std::move(started);
}

Result<std::vector<inventory::Difference>> ConfigKeeper::apply() {
  const std::lock_guard lock(mutex_);
  const inventory::CloudPtr before = cloud();
  const inventory::Reloader::Outcome outcome = reloader_.reload();
  if (!outcome.applied) {
    log_faults(outcome.faults);
    return wrong(folder_, outcome.faults);
  }
  const inventory::CloudPtr after = reloader_.cloud();
  std::vector<inventory::Difference> differences = inventory::difference(*before, *after);
  if (differences.empty()) return differences;
  keep_copy();
  log::info("app", "a changed configuration runs", {{"differences", differences.size()}});
  if (const Status recorded = record_(*after); !recorded) {
    log::error("app", "what changed waits to be recorded: " + recorded.error().text());
    unrecorded_ = true;
  }
  started_(after);
  return differences;
}

Result<std::vector<inventory::Difference>> ConfigKeeper::compare(const fs::path& folder) const {
  const fs::path& other = folder.empty() ? folder_ : folder;
  const inventory::Loaded loaded = inventory::load(other, monitoring::probe_specs());
  if (!loaded.cloud) return wrong(other, loaded.faults);
  return inventory::difference(*cloud(), *loaded.cloud);
}

bool ConfigKeeper::edited() {
  const std::lock_guard lock(mutex_);
  return reloader_.edited();
}

void ConfigKeeper::record_what_waits() {
  const std::lock_guard lock(mutex_);
  if (unrecorded_ && record_(*cloud())) unrecorded_ = false;
}

inventory::CloudPtr ConfigKeeper::cloud() const {
  auto running = reloader_.cloud();
  return running ? running : fallback_;
}

// Written aside and renamed, so that a crash leaves the old copy or the new one.
void ConfigKeeper::keep_copy() const {
  std::error_code error;
  const fs::path fresh = last_right_.string() + ".new";
  fs::remove_all(fresh, error);
  fs::create_directories(fresh, error);
  const auto files = inventory::configuration_files(folder_);
  for (const fs::path& file : files ? *files : std::vector<fs::path>{}) {
    fs::create_directories((fresh / file).parent_path(), error);
    if (!error) fs::copy_file(folder_ / file, fresh / file, error);
    if (error) break;
  }
  if (!error) fs::remove_all(last_right_, error);
  if (!error) fs::rename(fresh, last_right_, error);
  if (error) log::warning("app", "no copy of the configuration was kept: " + error.message());
}

}  // namespace nocturn::app
