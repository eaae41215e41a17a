#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ledger/tiles.h"

// The ledger's files on disk. A file is either not there or whole: it is written beside its place,
// flushed, and renamed into it.
namespace nocturn::ledger {

// The file's bytes; `not_found` when there is none, `limited` above 64 MiB.
Result<std::string> read_file(const std::filesystem::path& file);
// Durable when this returns.
Status replace_file(const std::filesystem::path& file, std::string_view bytes);

// A folder of tiles, bundles and the checkpoint. Reading is thread-safe; writing belongs to one
// thread.
class TileFiles {
 public:
  explicit TileFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }

  // The bytes of a tile or bundle. A partial one that has been superseded is cut from a wider one,
  // since it is the beginning of it.
  Result<std::string> read(const TileName& name) const;

  // Puts a file on the list of those to write, which is flushed when it has 256.
  Status add(const TileName& name, std::string bytes);
  // Everything added so far is on disk and in place.
  Status flush();
  // Removes a partial tile, if it is there.
  void remove(const TileName& name);
  // Removes every partial tile of the place, but for `keep`.
  void remove_partials(int level, std::uint64_t index, std::uint32_t keep);

 private:
  struct Staged {
    std::filesystem::path file;
    std::string bytes;
  };
  Status make_folders(const std::filesystem::path& folder);

  std::filesystem::path folder_;
  std::vector<Staged> staged_;
  std::set<std::filesystem::path> changed_folders_;
};

}  // namespace nocturn::ledger
