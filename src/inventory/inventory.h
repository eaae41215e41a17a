#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "inventory/kind.h"
#include "inventory/model.h"
#include "ledger/ledger.h"

// The front door of inventory: configuration files in, a checked immutable Cloud out.
namespace nocturn::inventory {

// One mistake: "cloud.yaml:12:7: unknown key "tennancy" in instance catalog-eu01; did you mean
// "tenancy"?"
struct Fault {
  Place place;
  std::string what;  // what is wrong
  std::string mend;  // what would be right
  std::string text() const;
};

struct Loaded {
  CloudPtr cloud;             // null when there are faults
  std::vector<Fault> faults;  // in the order of the files, all at once (at most 1,000)
};

// One file's text, for whoever has no folder. Names give the order of faults.
struct Source {
  std::string name;
  std::string text;
};
Loaded load_texts(std::span<const Source> sources, std::span<const KindSpec> kinds);

// Reads every *.yaml and *.yml of the folder and the folders in it (none whose name starts
// with a dot), merged by key. Secrets stay references
// ({file: …}, {env: …}, {credential: …}); they are read when a probe needs them. Limits: 64 MiB
// and 1,000 files in all, nesting 32.
Loaded load(const std::filesystem::path& folder, std::span<const KindSpec> kinds);

// The files that load() reads, relative to the folder, in order of their names. `not_found` when
// there is no such folder, `limited` when there are more than 1,000.
Result<std::vector<std::filesystem::path>> configuration_files(const std::filesystem::path& folder);

// One difference between two clouds, as told by `config diff` and recorded when applied.
struct Difference {
  enum class Kind { added, changed, removed };
  Kind kind;
  std::string object;         // "instance/catalog-eu01", "check/catalog-eu01/z3950"
  std::string before, after;  // canonical JSON of the object; empty where there is none
};
std::vector<Difference> difference(const Cloud& before, const Cloud& after);
std::string_view name_of(Difference::Kind kind);

// One object of the cloud as canonical JSON, as it stands in Difference and in ledger events. An
// instance comes without its checks: each check is an object of its own.
std::string describe(const Instance& instance);
std::string describe(const Check& check);
std::string describe(const CopyTarget& target);
// The whole cloud by object: "cloud", "territory/emea", "data_center/ams1", "product/catalog",
// "instance/catalog-eu01", "check/catalog-eu01/z3950", "maintenance/<start>/<name>", "sign_in",
// "sign_in_provider/staff", "copy_target/mirror", "notifications".
std::map<std::string, std::string> describe(const Cloud& cloud);
// Its name among them: "maintenance/2027-01-17T01:00:00Z/Move to new storage".
std::string object_name(const MaintenanceEntry& entry);

// JSON Schema (2020-12) of one configuration file, for editors.
std::string schema(std::span<const KindSpec> kinds);

// ---- the recorded side: what the ledger says is applied ----

// Payload: {kind, object, before, after}; before and after as described, or null.
inline constexpr std::string_view kObjectChanged = "inventory.object.changed";
ledger::Event to_event(const Difference& difference);
Status apply(store::Transaction& transaction, const ledger::Entry& entry);
std::span<const store::Migration> migrations();

// How the cloud differs from what the ledger says is applied. To be recorded as events when the
// cloud starts to run: nothing when the hub restarts unchanged, everything the first time, and
// the edits of the time when the hub was down.
Result<std::vector<Difference>> running_differences(store::Reader& reader, const Cloud& cloud);

// Since when the instances and maintenances that are applied have been in the cloud, by object
// ("instance/catalog-eu01"): the time of the entry that added each. One that was removed and came
// back has been there since it came back.
using Beginnings = std::map<std::string, WallTime, std::less<>>;
Result<Beginnings> beginnings(store::Reader& reader);

}  // namespace nocturn::inventory
