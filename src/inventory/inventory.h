#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "inventory/kind.h"
#include "inventory/model.h"

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

// One object of the cloud as JSON, as it stands in Difference and in ledger events.
std::string describe(const Instance& instance);

// JSON Schema (2020-12) of the configuration.
std::string schema(std::span<const KindSpec> kinds);

}  // namespace nocturn::inventory
