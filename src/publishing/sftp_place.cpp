#include <algorithm>
#include <fstream>
#include <ranges>
#include <span>

#include "base/text.h"
#include "publishing/place.h"
#include "publishing/program.h"
#include "publishing/release.h"
#include "publishing/sftp_batch.h"
#include "publishing/side_by_side.h"
#include "publishing/ssh_access.h"

// Another machine, by OpenSSH's sftp and batches of its commands. A file takes some round trips, so
// many files go by some sessions side by side, between one that makes the folders and one that
// shows the whole. SFTP cannot list a tree to remove it, so what was sent is written down here
// first.
namespace nocturn::publishing {
namespace {

namespace fs = std::filesystem;

// Below what sshd lets in at once without turning some away (MaxStartups, 10).
constexpr std::size_t kSessions = 4;
constexpr std::size_t kWorthASession = 200;  // files

class SftpPlace final : public Place {
 public:
  SftpPlace(inventory::SshPlace place, PlaceTools tools)
      : place_(std::move(place)), tools_(std::move(tools)) {}

  Status put(const Copy& copy) override {
    const std::string name = release_name(copy.generated_at);
    TRY_STATUS(stage(place_, copy, tools_));
    std::vector<std::string> files;
    for (const CopyFile& file : copy.files) files.push_back(file.path);
    TRY_STATUS(note(name, files));
    std::string batch = folder_commands(place_.path, name, folders_of(copy));
    const std::size_t sessions = std::min(kSessions, files.size() / kWorthASession);
    if (sessions < 2) {
      batch += upload_commands(place_.path, name, files);
    } else {
      TRY_STATUS(session("batch", batch));
      TRY_STATUS(upload(name, files, sessions));
      batch.clear();
    }
    batch += swap_commands(place_.path, name);
    const std::vector<std::string> old = outdated(noted(), name);
    for (const std::string& release : old)
      batch += removal_commands(place_.path, release, files_of(release));
    TRY_STATUS(session("batch", batch));
    std::error_code ignored;
    for (const std::string& release : old) fs::remove(notes() / release, ignored);
    return {};
  }

 private:
  // One connection; the commands go through the file of that name. Any thread.
  Status session(const std::string& name, const std::string& commands) const {
    TRY_STATUS(write(name, commands));
    return run({.arguments = {"sftp", "-F", kSshConfig, "-b", name, place_.account},
                .folder = tools_.work},
               tools_.stop, tools_.clock);
  }

  // An equal part of the files by each session.
  Status upload(const std::string& release, std::span<const std::string> files,
                std::size_t sessions) const {
    return side_by_side(sessions, sessions, [&](std::size_t, std::size_t part) {
      const std::size_t from = files.size() * part / sessions,
                        until = files.size() * (part + 1) / sessions;
      return session(fmt::format("batch-{}", part),
                     upload_commands(place_.path, release, files.subspan(from, until - from)));
    });
  }

  fs::path notes() const { return tools_.work / "sent"; }

  Status write(const fs::path& name, const std::string& text) const {
    std::ofstream out(tools_.work / name, std::ios::trunc | std::ios::binary);
    out << text;
    out.close();
    if (!out) return fail(ErrorCode::unavailable, "cannot write {}", (tools_.work / name).string());
    return {};
  }

  Status note(const std::string& name, const std::vector<std::string>& files) const {
    std::error_code error;
    fs::create_directories(notes(), error);
    return write(fs::path("sent") / name, fmt::format("{}", fmt::join(files, "\n")));
  }

  std::vector<std::string> noted() const {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(notes(), error), end; !error && entry != end;
         entry.increment(error))
      names.push_back(entry->path().filename().string());
    return names;
  }

  std::vector<std::string> files_of(const std::string& release) const {
    std::ifstream in(notes() / release);
    std::vector<std::string> files;
    for (std::string line; std::getline(in, line);)
      if (!line.empty()) files.push_back(line);
    return files;
  }

  const inventory::SshPlace place_;
  const PlaceTools tools_;
};

}  // namespace

std::unique_ptr<Place> make_sftp_place(const inventory::CopyTarget& target, PlaceTools tools) {
  return std::make_unique<SftpPlace>(target.ssh, std::move(tools));
}

}  // namespace nocturn::publishing
