#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "publishing/place.h"
#include "publishing/release.h"

// A folder of this machine. Nothing is kept in memory between copies, so that a hub which is
// killed at any moment leaves a whole copy and what the next one tidies up.
namespace nocturn::publishing {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot(std::string_view what, const fs::path& path, const char* why) {
  return fail(ErrorCode::unavailable, "cannot {} {}: {}", what, path.string(), why);
}

class FolderPlace final : public Place {
 public:
  FolderPlace(fs::path root, PlaceTools tools) : root_(std::move(root)), tools_(std::move(tools)) {}

  Status put(const Copy& copy) override {
    const std::string name = release_name(copy.generated_at);
    const fs::path release = root_ / kReleases / name;
    TRY_STATUS(prepare());
    if (current() == name) return {};
    std::error_code error;
    fs::remove_all(release, error);  // what a killed hub began
    if (error) return cannot("remove", release, error.message().c_str());
    TRY_STATUS(write_release(copy, release, tools_.stop));
    TRY_STATUS(sync_all());
    TRY_STATUS(swap(name));
    prune(name);
    return {};
  }

 private:
  Status prepare() const {
    std::error_code error;
    const bool made = fs::create_directories(root_ / kReleases, error);
    if (!error && made)
      for (const fs::path& folder : {root_, root_ / kReleases})
        fs::permissions(folder, fs::perms(0755), error);
    if (error) return cannot("make", root_ / kReleases, error.message().c_str());
    const fs::file_status link = fs::symlink_status(root_ / kCurrent, error);
    if (fs::exists(link) && !fs::is_symlink(link))
      return fail(ErrorCode::conflict, "{} is no link; move it away", (root_ / kCurrent).string());
    return {};
  }

  // The name of the release that readers see; empty: none.
  std::string current() const {
    std::error_code missing;
    const fs::path target = fs::read_symlink(root_ / kCurrent, missing);
    return missing ? std::string() : target.filename().string();
  }

  // All that was written is on disk before the link names it. One call for all files.
  Status sync_all() const {
    const int descriptor = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return cannot("open", root_, std::strerror(errno));
    const bool synced = ::syncfs(descriptor) == 0;
    const int error = errno;
    ::close(descriptor);
    if (!synced) return cannot("sync", root_, std::strerror(error));
    return {};
  }

  // rename(2) puts the new link in the place of the old one in one step.
  Status swap(const std::string& name) const {
    const fs::path fresh = root_ / ".current.new";
    std::error_code error;
    fs::remove(fresh, error);
    fs::create_symlink(fs::path(kReleases) / name, fresh, error);
    if (!error) fs::rename(fresh, root_ / kCurrent, error);
    if (error) return cannot("set", root_ / kCurrent, error.message().c_str());
    return sync_all();
  }

  // What cannot be removed now is tried again after the next copy.
  void prune(const std::string& now) const {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(root_ / kReleases, error), end; !error && entry != end;
         entry.increment(error))
      names.push_back(entry->path().filename().string());
    for (const std::string& name : outdated(std::move(names), now))
      fs::remove_all(root_ / kReleases / name, error);
  }

  const fs::path root_;
  const PlaceTools tools_;
};

}  // namespace

std::unique_ptr<Place> make_folder_place(const inventory::CopyTarget& target, PlaceTools tools) {
  return std::make_unique<FolderPlace>(target.folder, std::move(tools));
}

}  // namespace nocturn::publishing
