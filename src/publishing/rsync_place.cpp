#include <algorithm>
#include <deque>

#include "publishing/place.h"
#include "publishing/program.h"
#include "publishing/release.h"
#include "publishing/ssh_access.h"

// Another machine, by rsync over SSH and nothing else, so that the account there may be held to
// rsync alone. Files that did not change are not sent: they become links to those of the copy
// before. rsync replaces a link in one step.
namespace nocturn::publishing {
namespace {

namespace fs = std::filesystem;

class RsyncPlace final : public Place {
 public:
  RsyncPlace(inventory::SshPlace place, PlaceTools tools)
      : place_(std::move(place)), tools_(std::move(tools)) {}

  Status put(const Copy& copy) override {
    const std::string name = release_name(copy.generated_at);
    TRY_STATUS(stage(place_, copy, tools_));
    TRY_STATUS(rsync({"--recursive", "--checksum", "--delete", "--mkpath", "--chmod=D755,F644",
                      "--perms", fmt::format("--link-dest={}/{}", place_.path, kCurrent),
                      "release/", remote(fmt::format("{}/{}/", kReleases, name))}));
    TRY_STATUS(make_link(name));
    TRY_STATUS(rsync({"--links", fmt::format("link/{}", kCurrent), remote("")}));
    prune(name);
    return {};
  }

 private:
  std::string remote(std::string_view path) const {
    return fmt::format("{}:{}/{}", place_.account, place_.path, path);
  }

  Status rsync(std::vector<std::string> arguments) const {
    std::vector<std::string> all = {"rsync", "--timeout=60",
                                    fmt::format("--rsh=ssh -F {}", kSshConfig)};
    std::ranges::move(arguments, std::back_inserter(all));
    return run({.arguments = std::move(all), .folder = tools_.work}, tools_.stop, tools_.clock);
  }

  // The link as it shall be there.
  Status make_link(const std::string& name) const {
    const fs::path link = tools_.work / "link" / kCurrent;
    std::error_code error;
    fs::create_directories(link.parent_path(), error);
    fs::remove(link, error);
    fs::create_symlink(fs::path(kReleases) / name, link, error);
    if (error)
      return fail(ErrorCode::unavailable, "cannot make {}: {}", link.string(), error.message());
    return {};
  }

  // An empty folder is sent over releases/, and the newest copies are protected from that. Done
  // when this hub knows enough of its own; what fails now is tried after the next copy.
  void prune(const std::string& name) {
    if (known_.empty() || known_.back() != name) known_.push_back(name);
    if (known_.size() <= kKept) return;
    known_.pop_front();
    std::error_code error;
    fs::create_directories(tools_.work / "empty", error);
    std::vector<std::string> arguments = {"--recursive", "--delete"};
    for (const std::string& kept : known_)
      arguments.push_back(fmt::format("--filter=protect /{}/***", kept));
    arguments.push_back("empty/");
    arguments.push_back(remote(fmt::format("{}/", kReleases)));
    (void)rsync(std::move(arguments));
  }

  const inventory::SshPlace place_;
  const PlaceTools tools_;
  std::deque<std::string> known_;  // the newest releases there, oldest first
};

}  // namespace

std::unique_ptr<Place> make_rsync_place(const inventory::CopyTarget& target, PlaceTools tools) {
  return std::make_unique<RsyncPlace>(target.ssh, std::move(tools));
}

}  // namespace nocturn::publishing
