#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/inventory.h"
#include "inventory/secret.h"
#include "ledger/ledger.h"
#include "store/store.h"

// Static copies of the public pages, kept where they do not share the cloud's fate: a folder, a
// machine by rsync or SFTP, a bucket. What a copy holds is made by others; here it is brought to
// its places whole, so that no reader ever sees half of one.
namespace nocturn::publishing {

struct CopyFile {
  std::string path;  // relative, of letters, digits and "._-/"
  std::string content_type;
  std::string body;
};
struct Copy {
  WallTime generated_at;
  std::vector<CopyFile> files;
};
using CopyPtr = std::shared_ptr<const Copy>;

// Whether copies arrive; waiting: none was tried yet.
enum class Standing { waiting, working, failing };
std::string_view name_of(Standing standing);

// One place of copies, as it is now.
struct TargetState {
  std::string id;
  std::string kind;  // "folder", "rsync", "sftp", "s3"
  std::string to;    // for people: "status@mirror.example.net:/srv/status-copy"
  Standing standing = Standing::waiting;
  std::optional<WallTime> generated_at;  // when the pages there were made; by this hub
  std::optional<WallTime> failing_since;
  std::string reason;          // of the last failure, while failing
  Micros age{};                // of the pages there; 0 when this hub brought none yet
  std::uint64_t copies = 0;    // that this hub brought
  std::uint64_t failures = 0;  // of this hub's attempts
};

inline constexpr std::string_view kTargetFailed = "publishing.target.failed";
inline constexpr std::string_view kTargetRecovered = "publishing.target.recovered";

// Targets that were failing when last heard of, with when that began: from the table made of the
// ledger's events.
struct KnownFailure {
  std::string target;
  WallTime since;
};
Result<std::vector<KnownFailure>> known_failures(store::Reader& reader);
// Brings the table up to an entry whose type starts with "publishing.".
Status apply(store::Transaction& transaction, const ledger::Entry& entry);
std::span<const store::Migration> migrations();

struct PublisherOptions {
  std::filesystem::path work;    // a folder for what is under way; made if absent
  inventory::Variable variable;  // reads the environment, for secrets
  // The newest copy. Any thread, several at once; may take a while.
  std::function<Result<CopyPtr>()> newest;
  // A target began or ceased to fail. Any thread; must not block.
  std::function<void(ledger::Event)> tell;
  std::vector<KnownFailure> known = {};
};

// Brings copies to the targets of the configuration: soon after a change, and often enough for the
// age that a copy states. Each target has a thread of its own, so that a slow or broken one holds
// up nobody; it has at most one copy under way, and the newest one is next. Thread-safe.
class Publisher {
 public:
  static std::unique_ptr<Publisher> start(PublisherOptions options, const Clock& clock);
  // Ends what is under way; a copy that is not complete stays out of sight.
  virtual ~Publisher() = default;

  // The targets from soon on; those that did not change go on undisturbed, and what is under way
  // to others comes to an end first. Does not block.
  virtual void use(std::vector<inventory::CopyTarget> targets) = 0;
  // The pages changed. Does not block.
  virtual void mark_changed() = 0;
  // In order of their ids.
  virtual std::vector<TargetState> states() const = 0;
  // Brings the newest copy to one target (or all, when `id` is empty) now, and answers how they
  // stand then; waits at most `patience`. `not_found` for an unknown target.
  virtual Result<std::vector<TargetState>> publish(const std::string& id, Micros patience) = 0;
};

}  // namespace nocturn::publishing
