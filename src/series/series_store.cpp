#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>

#include "base/log.h"
#include "base/varint.h"
#include "series/codec.h"
#include "series/file.h"
#include "series/series.h"

namespace nocturn::series {
namespace {

using std::chrono::hours;

constexpr std::size_t kBlockSamples = 240;
constexpr std::size_t kBlockBytes = 960;  // blobs up to a kilobyte stay in their page
// While nothing can be written: then the older half is dropped.
constexpr std::size_t kMostUnwritten = 256 * 1024;
constexpr std::size_t kMostSealed = 32 * 1024;
constexpr std::size_t kMostRead = 1'000'000;

WallTime hour_of(WallTime time) { return std::chrono::floor<hours>(time); }

// The open block of a series.
struct Head {
  Encoder block;
  std::uint32_t generation = 0;  // how many blocks were sealed
  std::int64_t first_tail = 0;   // the first tail row with samples of this block; 0: none yet
};

struct Sealed {
  SeriesId id;
  WallTime first;
  std::size_t count;
  Bytes bytes;
};

struct Unwritten {
  SeriesId id;
  std::uint32_t generation;
  Sample sample;
};

// What a flush takes out of memory; put back when it fails.
struct Batch {
  std::vector<std::pair<SeriesId, std::string>> names;
  std::vector<Sealed> sealed;
  std::vector<Unwritten> unwritten;
};

class Store final : public SeriesStore {
 public:
  Store(std::unique_ptr<File> file, const Clock& clock, Options options)
      : clock_(clock), options_(options), file_(std::move(file)) {}
  ~Store() override;

  Status recover();
  void start() {
    thread_ = std::thread([this] { loop(); });
  }

  SeriesId id_of(std::string_view name) override;
  void append(SeriesId id, const Sample& sample) override;
  Status flush() override;
  Result<std::vector<Sample>> samples(std::string_view name, WallTime from,
                                      WallTime until) override;
  Result<std::vector<Rollup>> rollups(std::string_view name, WallTime from,
                                      WallTime until) override;
  Counters counters() const override;

 private:
  void loop();
  void seal(SeriesId id, Head& head);
  void add_to_head(SeriesId id, const Sample& sample);
  Status replay(std::int64_t number, std::span<const std::uint8_t> bytes,
                const std::vector<std::int64_t>& covered);
  Status write(const Batch& batch);
  Status roll_up();
  Status forget_old();
  void put_back(Batch batch);
  void drop_excess();
  Bytes tail_of(const Batch& batch) const;
  void note_tail(const Batch& batch, std::int64_t number);
  std::int64_t oldest_tail() const;
  Result<Rollup> roll_up_hour(SeriesId id, WallTime hour);
  std::optional<SeriesId> find(std::string_view name) const;

  const Clock& clock_;
  const Options options_;

  // Held while the file is used. Taken before mutex_, never inside it. What a flush has in hand
  // is neither in memory nor in the file, so readers hold it too.
  std::mutex file_mutex_;
  std::unique_ptr<File> file_;
  std::set<std::pair<SeriesId, WallTime>> to_roll_up_;  // hours with new blocks
  std::int64_t next_tail_ = 1;
  bool looked_for_gaps_ = false;  // hours that a crash left without rollup
  std::optional<WallTime> forgot_at_;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable wake_;
  bool stopping_ = false;
  std::unordered_map<std::string, SeriesId> ids_;
  std::vector<Head> heads_;  // by id
  Batch waiting_;
  Counters counters_{};

  std::thread thread_;
};

Store::~Store() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (auto flushed = flush(); !flushed)
    log::error("series", "the last samples are lost", {{"error", flushed.error().text()}});
}

void Store::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, options_.flush_every,
                   [this] { return stopping_ || waiting_.unwritten.size() >= options_.pending; });
    if (stopping_) return;
    lock.unlock();
    if (auto flushed = flush(); !flushed)
      log::warning("series", "samples wait in memory", {{"error", flushed.error().text()}});
    lock.lock();
  }
}

SeriesId Store::id_of(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const auto [found, made] =
      ids_.try_emplace(std::string(name), static_cast<SeriesId>(heads_.size()));
  if (made) {
    heads_.emplace_back();
    waiting_.names.emplace_back(found->second, found->first);
  }
  return found->second;
}

std::optional<SeriesId> Store::find(std::string_view name) const {
  const auto found = ids_.find(std::string(name));
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

void Store::seal(SeriesId id, Head& head) {
  waiting_.sealed.push_back({id, head.block.first(), head.block.count(), head.block.bytes()});
  head.block.clear();
  ++head.generation;
  head.first_tail = 0;
  ++counters_.blocks;
}

// A block lies within one hour, in time order, so that hours roll up and clock steps sort out.
void Store::add_to_head(SeriesId id, const Sample& sample) {
  Head& head = heads_[id];
  if (head.block.count() > 0 &&
      (head.block.count() >= kBlockSamples || head.block.bytes().size() >= kBlockBytes ||
       sample.at < head.block.last() || hour_of(sample.at) != hour_of(head.block.first())))
    seal(id, head);
  head.block.add(sample);
}

void Store::append(SeriesId id, const Sample& sample) {
  bool full = false;
  {
    const std::scoped_lock lock(mutex_);
    CHECK(id < heads_.size());
    add_to_head(id, sample);
    waiting_.unwritten.push_back({id, heads_[id].generation, sample});
    ++counters_.appended;
    full = waiting_.unwritten.size() == options_.pending;
  }
  if (full) wake_.notify_one();
}

// ---- flushing ----

Status Store::flush() {
  const std::scoped_lock file_lock(file_mutex_);
  Batch batch;
  {
    const std::scoped_lock lock(mutex_);
    const WallTime now = clock_.wall();
    for (SeriesId id = 0; id < heads_.size(); ++id) {  // of series that nobody feeds any more
      Head& head = heads_[id];
      if (head.block.count() > 0 && head.block.last() + hours(1) < now) seal(id, head);
    }
    batch = std::exchange(waiting_, {});
    // What a sealed block holds needs no place in the tail.
    std::erase_if(batch.unwritten, [this](const Unwritten& sample) {
      return sample.generation != heads_[sample.id].generation;
    });
  }
  Status written = file_->begin();
  if (written) written = write(batch);
  if (written) written = file_->commit();
  if (!written) file_->roll_back();

  const std::scoped_lock lock(mutex_);
  if (!written) {
    ++counters_.failed_flushes;
    looked_for_gaps_ = false;  // what was rolled up was rolled back
    put_back(std::move(batch));
    return written;
  }
  ++counters_.flushes;
  note_tail(batch, next_tail_++);
  for (const Sealed& block : batch.sealed) to_roll_up_.emplace(block.id, hour_of(block.first));
  return written;
}

// One transaction, so that a crash finds each sample in exactly one place.
Status Store::write(const Batch& batch) {
  for (const auto& [id, name] : batch.names) TRY_STATUS(file_->put_series(id, name));
  for (const Sealed& block : batch.sealed) {
    TRY_STATUS(file_->put_block(block.id, block.first, block.bytes));
    TRY_STATUS(file_->cover(block.id, next_tail_));
  }
  if (!batch.unwritten.empty()) TRY_STATUS(file_->put_tail(next_tail_, tail_of(batch)));
  TRY_STATUS(file_->drop_tail(oldest_tail()));
  TRY_STATUS(roll_up());
  return forget_old();
}

// Runs of one series each: id, length, samples.
Bytes Store::tail_of(const Batch& batch) const {
  std::vector<const Unwritten*> order;
  order.reserve(batch.unwritten.size());
  for (const Unwritten& unwritten : batch.unwritten) order.push_back(&unwritten);
  std::ranges::stable_sort(order, {}, &Unwritten::id);
  Bytes bytes;
  Encoder run;
  for (auto next = order.begin(); next != order.end();) {
    const SeriesId id = (*next)->id;
    run.clear();
    for (; next != order.end() && (*next)->id == id; ++next) run.add((*next)->sample);
    put_varint(bytes, id);
    put_varint(bytes, run.bytes().size());
    bytes.insert(bytes.end(), run.bytes().begin(), run.bytes().end());
  }
  return bytes;
}

void Store::note_tail(const Batch& batch, std::int64_t number) {
  for (const Unwritten& unwritten : batch.unwritten) {
    Head& head = heads_[unwritten.id];
    if (head.first_tail == 0 && head.generation == unwritten.generation) head.first_tail = number;
  }
}

// Tail rows before this hold nothing that is not in a block.
std::int64_t Store::oldest_tail() const {
  const std::scoped_lock lock(mutex_);
  std::int64_t oldest = next_tail_;
  for (const Head& head : heads_)
    if (head.first_tail != 0) oldest = std::min(oldest, head.first_tail);
  return oldest;
}

void Store::put_back(Batch batch) {
  const auto in_front = [](auto& list, auto& older) {
    older.insert(older.end(), std::make_move_iterator(list.begin()),
                 std::make_move_iterator(list.end()));
    list = std::move(older);
  };
  in_front(waiting_.names, batch.names);
  in_front(waiting_.sealed, batch.sealed);
  in_front(waiting_.unwritten, batch.unwritten);
  drop_excess();
}

void Store::drop_excess() {
  if (waiting_.unwritten.size() > kMostUnwritten) {
    // Open blocks still hold them; only the tail, which a crash would need, goes without.
    waiting_.unwritten.erase(waiting_.unwritten.begin(),
                             waiting_.unwritten.end() - kMostUnwritten / 2);
  }
  if (waiting_.sealed.size() > kMostSealed) {
    const auto keep = waiting_.sealed.end() - kMostSealed / 2;
    for (auto block = waiting_.sealed.begin(); block != keep; ++block)
      counters_.lost += block->count;
    waiting_.sealed.erase(waiting_.sealed.begin(), keep);
  }
}

// ---- hours and forgetting ----

Status Store::roll_up() {
  if (!looked_for_gaps_) {
    std::size_t known = 0;
    {
      const std::scoped_lock lock(mutex_);
      known = heads_.size();
    }
    for (SeriesId id = 0; id < known; ++id)
      for (const WallTime start : TRY(file_->not_rolled_up(id)))
        to_roll_up_.emplace(id, hour_of(start));
    looked_for_gaps_ = true;
  }
  const WallTime this_hour = hour_of(clock_.wall());
  for (auto hour = to_roll_up_.begin(); hour != to_roll_up_.end();) {
    const auto [id, start] = *hour;
    bool open = start >= this_hour;
    if (!open) {
      const std::scoped_lock lock(mutex_);
      const Encoder& block = heads_[id].block;
      open = block.count() > 0 && hour_of(block.first()) == start;
    }
    if (open) {
      ++hour;
      continue;
    }
    Bytes bytes;
    series::write(TRY(roll_up_hour(id, start)), bytes);
    TRY_STATUS(file_->put_rollup(id, start, bytes));
    hour = to_roll_up_.erase(hour);
  }
  return {};
}

Result<Rollup> Store::roll_up_hour(SeriesId id, WallTime hour) {
  Rollup rollup;
  rollup.hour = hour;
  TRY_STATUS(file_->blocks(id, hour, hour + hours(1), [&](WallTime, auto bytes) -> Status {
    for (const Sample& sample : TRY(decode(bytes))) {
      switch (sample.mark) {
        case Mark::passed:
          ++rollup.passed;
          rollup.took.add(sample.took);
          break;
        case Mark::failed: ++rollup.failed; break;
        case Mark::cannot_tell: ++rollup.cannot_tell; break;
      }
    }
    return {};
  }));
  return rollup;
}

Status Store::forget_old() {
  const WallTime now = clock_.wall();
  if (forgot_at_ && now >= *forgot_at_ && now - *forgot_at_ < hours(1)) return {};
  std::size_t known = 0;
  {
    const std::scoped_lock lock(mutex_);
    known = heads_.size();
  }
  for (SeriesId id = 0; id < known; ++id) {
    TRY_STATUS(file_->drop_blocks(id, now - options_.keep_samples));
    TRY_STATUS(file_->drop_rollups(id, now - options_.keep_rollups));
  }
  forgot_at_ = now;
  return {};
}

// ---- reading ----

Result<std::vector<Sample>> Store::samples(std::string_view name, WallTime from, WallTime until) {
  const std::scoped_lock file_lock(file_mutex_);
  std::vector<Sample> found;
  const auto take = [&](std::span<const std::uint8_t> bytes) -> Status {
    for (const Sample& sample : TRY(decode(bytes)))
      if (sample.at >= from && sample.at < until) found.push_back(sample);
    if (found.size() > kMostRead) return fail(ErrorCode::limited, "more than a million samples");
    return {};
  };
  SeriesId id = 0;
  std::vector<Bytes> in_memory;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = find(name);
    if (!known) return found;
    id = *known;
    for (const Sealed& block : waiting_.sealed)
      if (block.id == id) in_memory.push_back(block.bytes);
    in_memory.push_back(heads_[id].block.bytes());
  }
  // A block that begins before `from` is of the same hour.
  TRY_STATUS(
      file_->blocks(id, hour_of(from), until, [&](WallTime, auto bytes) { return take(bytes); }));
  for (const Bytes& bytes : in_memory) TRY_STATUS(take(bytes));
  std::ranges::stable_sort(found, {}, &Sample::at);
  return found;
}

Result<std::vector<Rollup>> Store::rollups(std::string_view name, WallTime from, WallTime until) {
  const std::scoped_lock file_lock(file_mutex_);
  std::vector<Rollup> found;
  SeriesId id = 0;
  {
    const std::scoped_lock lock(mutex_);
    const auto known = find(name);
    if (!known) return found;
    id = *known;
  }
  TRY_STATUS(file_->rollups(id, from, until, [&](WallTime hour, auto bytes) -> Status {
    found.push_back(TRY(read_rollup(bytes, hour)));
    return {};
  }));
  return found;
}

SeriesStore::Counters Store::counters() const {
  const std::scoped_lock lock(mutex_);
  return counters_;
}

// ---- starting ----

Status Store::recover() {
  std::vector<std::int64_t> covered;
  TRY_STATUS(file_->each_series([&](SeriesId id, std::string_view name, std::int64_t from) {
    ids_.emplace(name, id);
    if (id >= heads_.size()) {
      heads_.resize(id + 1);
      covered.resize(id + 1);
    }
    covered[id] = from;
    next_tail_ = std::max(next_tail_, from);
  }));
  return file_->each_tail([&](std::int64_t number, std::span<const std::uint8_t> bytes) {
    next_tail_ = std::max(next_tail_, number + 1);
    return replay(number, bytes, covered);
  });
}

Status Store::replay(std::int64_t number, std::span<const std::uint8_t> bytes,
                     const std::vector<std::int64_t>& covered) {
  while (!bytes.empty()) {
    const auto id = take_varint(bytes), size = take_varint(bytes);
    if (!id || !size || *id >= heads_.size() || *size > bytes.size())
      return fail(ErrorCode::corrupt, "broken row {} in the series' tail", number);
    const auto series_id = static_cast<SeriesId>(*id);
    const auto run = bytes.first(static_cast<std::size_t>(*size));
    bytes = bytes.subspan(static_cast<std::size_t>(*size));
    if (number < covered[series_id]) continue;
    Head& head = heads_[series_id];
    for (const Sample& sample : TRY(decode(run))) {
      add_to_head(series_id, sample);
      // Once a block was sealed here, the tail rows so far will count as covered.
      if (head.generation > 0) waiting_.unwritten.push_back({series_id, head.generation, sample});
    }
    if (head.generation == 0 && head.first_tail == 0) head.first_tail = number;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SeriesStore>> SeriesStore::open(const std::filesystem::path& path,
                                                       const Clock& clock, Options options) {
  auto file = TRY(File::open(path));
  auto store = std::make_unique<Store>(std::move(file), clock, options);
  TRY_STATUS(about(path.string(), store->recover()));
  store->start();
  return store;
}

}  // namespace nocturn::series
