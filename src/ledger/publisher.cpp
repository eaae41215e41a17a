#include "ledger/publisher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "ledger/records.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint64_t kEntriesPerCheckpoint = 32'768;  // bounds how late one can be
constexpr std::uint64_t kBusy = 1'024;                   // entries that make a checkpoint a big one

// How long to gather entries after the first. Each checkpoint costs about ten flushes, which the
// writer's own flushes would wait for when there are many.
constexpr auto kGather = std::chrono::milliseconds(20);
constexpr auto kGatherWhenBusy = std::chrono::milliseconds(500);
constexpr auto kRetry = std::chrono::seconds(1);

}  // namespace

Publisher::Publisher(store::Database& database, TileFiles files, std::filesystem::path memory,
                     Signer signer, Grown grown, Checkpoint newest)
    : database_(database),
      files_(std::move(files)),
      memory_(std::move(memory)),
      signer_(std::move(signer)),
      grown_(std::move(grown)),
      newest_(std::move(newest)) {
  partials_of_ = newest_.size;
  for (const TileName& name : partial_tiles(newest_.size)) {
    files_.remove_partials(name.level, name.index, name.width);
    if (name.index > 0) files_.remove_partials(name.level, name.index - 1, 0);
  }
  thread_ = std::thread([this] { loop(); });
}

Publisher::~Publisher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Publisher::wake() {
  if (committed_.load(std::memory_order_relaxed) || committed_.exchange(true)) return;
  // The lock orders this with the thread's look at the flag, so that the wake-up is not lost.
  {
    const std::lock_guard lock(mutex_);
  }
  wake_.notify_one();
}

Result<Checkpoint> Publisher::publish() {
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = ++asked_;
  wake_.notify_one();
  published_.wait(lock, [&] { return answered_ >= ticket; });
  if (!answer_) return std::unexpected(answer_.error());
  return newest_;
}

Checkpoint Publisher::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

void Publisher::loop() {
  bool failing = false;
  std::uint64_t last_batch = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    const auto asked = [&] { return stopping_ || asked_ > answered_; };
    wake_.wait(lock, [&] { return asked() || committed_; });
    if (!asked())
      wake_.wait_for(lock,
                     failing              ? kRetry
                     : last_batch > kBusy ? kGatherWhenBusy
                                          : kGather,
                     asked);
    const bool last_round = stopping_;
    const std::uint64_t tickets = asked_;
    committed_ = false;
    lock.unlock();

    const std::uint64_t before = grown_.frontier.size();
    const Status done = publish_all();
    last_batch = grown_.frontier.size() - before;
    if (!done && !failing) log::error("ledger", "cannot publish", {{"why", done.error().text()}});
    if (done && failing) log::info("ledger", "publishes again");
    failing = !done;

    lock.lock();
    if (failing) committed_ = true;  // there is something left to publish
    answer_ = done;
    answered_ = tickets;
    published_.notify_all();
    if (last_round) return;
  }
}

Status Publisher::publish_all() {
  records::End end;
  TRY_STATUS(database_.read([&](store::Reader& reader) -> Status {
    end = TRY(records::end(reader));
    return {};
  }));
  if (end.size == grown_.frontier.size() && newest().size == end.size && signed_once_) return {};
  do {
    const std::uint64_t next = grown_.frontier.size() + kEntriesPerCheckpoint;
    TRY_STATUS(publish_to(std::min(end.size, next)));
  } while (grown_.frontier.size() < end.size);
  return {};
}

Status Publisher::publish_to(std::uint64_t size) {
  // On a copy: when a disk is full half-way, the next attempt starts from what was signed last.
  Grown next = grown_;
  TRY_STATUS(next.grow_to(size, database_, files_));
  TRY_STATUS(sign(next));
  grown_ = std::move(next);
  return {};
}

Status Publisher::sign(const Grown& grown) {
  const std::uint64_t size = grown.frontier.size();
  for (const TileName& name : partial_tiles(size)) {
    const bool entries = name.level == kBundles;
    TRY_STATUS(
        files_.add(name, entries ? grown.bundle
                                 : std::string(tile_bytes(grown.frontier.unfinished(name.level)))));
  }
  TRY_STATUS(files_.flush());
  const Hash root = grown.frontier.root();
  Checkpoint checkpoint{size, std::string(as_text(root)),
                        signer_.sign(to_text(TreeHead{signer_.verifier().name, size, root}))};
  // What broke here would be two roots for one size, or a log that shrinks.
  const Checkpoint before = newest();
  CHECK(before.size < size || before.note.empty() || before.note == checkpoint.note);
  TRY_STATUS(replace_file(memory_, checkpoint.note));
  TRY_STATUS(replace_file(files_.folder() / "checkpoint", checkpoint.note));
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::move(checkpoint);
  }
  signed_once_ = true;
  forget_old_partials(before.size, size);
  return {};
}

// The partial tiles of the checkpoint before this one stay: somebody may be reading by it.
void Publisher::forget_old_partials(std::uint64_t before, std::uint64_t now) {
  const auto kept = partial_tiles(before), current = partial_tiles(now);
  for (const TileName& name : partial_tiles(std::exchange(partials_of_, before)))
    if (std::ranges::find(kept, name) == kept.end() &&
        std::ranges::find(current, name) == current.end())
      files_.remove(name);
}

}  // namespace nocturn::ledger
