#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "inventory/model.h"
#include "inventory/secret.h"
#include "publishing/publishing.h"
#include "publishing/stop.h"

namespace nocturn::publishing {

// One place that copies are brought to. Lives on one thread.
class Place {
 public:
  virtual ~Place() = default;
  // Blocks until the copy is there whole and is what readers see; after an error (or the end of
  // this process at any moment) they see the copy before it. The same copy again is no harm.
  virtual Status put(const Copy& copy) = 0;
};

// What places need of the world.
struct PlaceTools {
  std::filesystem::path work;  // a folder of this place alone
  inventory::Variable variable;
  const Stop& stop;
  const Clock& clock;
};

std::unique_ptr<Place> make_place(const inventory::CopyTarget& target, PlaceTools tools);
std::unique_ptr<Place> make_folder_place(const inventory::CopyTarget& target, PlaceTools tools);
std::unique_ptr<Place> make_rsync_place(const inventory::CopyTarget& target, PlaceTools tools);
std::unique_ptr<Place> make_sftp_place(const inventory::CopyTarget& target, PlaceTools tools);
std::unique_ptr<Place> make_bucket_place(const inventory::CopyTarget& target, PlaceTools tools);

// Where the target's copies are, for people.
std::string address_of(const inventory::CopyTarget& target);

}  // namespace nocturn::publishing
