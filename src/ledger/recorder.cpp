#include "ledger/recorder.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "base/id.h"
#include "ledger/envelope.h"
#include "ledger/finding.h"
#include "ledger/records.h"
#include "ledger/tiles.h"

namespace nocturn::ledger {
namespace {

constexpr std::size_t kMaxWaiting = 65'536;
constexpr std::size_t kMaxGroup = 4'096;  // keeps a transaction, and the wait for it, short
constexpr std::size_t kMaxPayload = 1 << 20;
constexpr std::size_t kMaxKnown = 65'536;
constexpr std::size_t kSaltSize = 32;

// Ids are ordered as entries are, even when somebody sets the computer's clock back.
class EntryTime final : public Clock {
 public:
  explicit EntryTime(WallTime time) : time_(time) {}
  WallTime wall() const override { return time_; }
  SteadyTime steady() const override { return {}; }

 private:
  WallTime time_;
};

Status check(const Event& event) {
  TRY_STATUS(check_names(event.type, event.object));
  if (event.payload.size() > kMaxPayload)
    return fail(ErrorCode::limited, "payload of {} bytes, at most {}", event.payload.size(),
                kMaxPayload);
  // The databases take text only, and one of them no zero byte.
  if (event.payload.empty() || !is_utf8(event.payload) ||
      std::memchr(event.payload.data(), '\0', event.payload.size()) != nullptr)
    return fail(ErrorCode::invalid, "the payload of {} is not JSON", event.type);
  return {};
}

// Failures of the store itself: no request of the group is to blame.
bool concerns_all(const Error& error) {
  return error.code == ErrorCode::disk_full || error.code == ErrorCode::unavailable;
}

}  // namespace

const std::array<std::uint8_t, 16>& Pseudonyms::of(const std::string& object) {
  if (const auto found = known_.find(object); found != known_.end()) return found->second;
  if (known_.size() >= kMaxKnown) known_.clear();
  const Hash hash = crypto::hmac_sha256(as_bytes(key_), object);
  std::array<std::uint8_t, 16> half;
  std::copy_n(hash.begin(), half.size(), half.begin());
  return known_.emplace(object, half).first->second;
}

Status apply(std::span<const Applier> appliers, store::Transaction& transaction,
             const Entry& entry) {
  for (const Applier& applier : appliers)
    if (entry.event.type.starts_with(applier.prefix)) TRY_STATUS(applier.apply(transaction, entry));
  return {};
}

struct Recorder::Request {
  Decide decide;
  Recorded recorded;
  Result<std::vector<Entry>> outcome;
};

struct Recorder::Group {
  bool taken = false;
  bool left_some = false;  // more waited than one transaction should hold
  std::vector<Request> requests;
};

// Where the ledger ends, as the jobs of this transaction have moved it.
struct Recorder::Place {
  records::End end;
  WallTime now;  // one for the whole transaction; never before the end's
  struct Sequence {
    std::uint64_t last;
    bool moved = false;
  };
  std::map<std::string, Sequence, std::less<>> sequences;
};

// Random bytes by the page: asking the system for each salt would cost more than using it.
class Recorder::Chance final : public Random {
 public:
  explicit Chance(Random& random) : random_(random) {}
  void fill(std::span<std::uint8_t> out) override {
    if (page_.size() - used_ < out.size()) {
      random_.fill(page_);
      used_ = 0;
    }
    CHECK(out.size() <= page_.size());
    std::memcpy(out.data(), page_.data() + used_, out.size());
    std::memset(page_.data() + used_, 0, out.size());  // a salt is nowhere but with its entry
    used_ += out.size();
  }

 private:
  Random& random_;
  std::array<std::uint8_t, 4096> page_{};
  std::size_t used_ = page_.size();
};

Recorder::Recorder(store::Writer& writer, const Clock& clock, Random& random, Pseudonyms pseudonyms,
                   std::span<const Applier> appliers, OnCommitted after)
    : writer_(writer),
      clock_(clock),
      chance_(std::make_unique<Chance>(random)),
      pseudonyms_(std::move(pseudonyms)),
      appliers_(appliers.begin(), appliers.end()),
      after_(std::move(after)) {}

Recorder::~Recorder() = default;

void Recorder::record(Decide decide, Recorded recorded) {
  std::unique_lock lock(mutex_);
  if (waiting_.size() >= kMaxWaiting) {
    lock.unlock();
    return recorded(fail(ErrorCode::limited, "{} events wait to be recorded", kMaxWaiting));
  }
  waiting_.push_back({std::move(decide), std::move(recorded), {}});
  const bool submit_job = !std::exchange(scheduled_, true);
  lock.unlock();
  if (submit_job) submit(std::make_shared<Group>());
}

void Recorder::submit(std::shared_ptr<Group> group) {
  writer_.submit(
      [this, group](store::Transaction& transaction) { return write(*group, transaction); },
      [this, group](Status outcome) { finish(*group, std::move(outcome)); });
}

Status Recorder::write(Group& group, store::Transaction& transaction) {
  if (!std::exchange(group.taken, true)) {  // else the group was rolled back and runs again
    const std::lock_guard lock(mutex_);
    if (waiting_.size() <= kMaxGroup) {
      group.requests = std::exchange(waiting_, {});
      waiting_.reserve(group.requests.size());  // as many are likely to wait for the next group
      scheduled_ = false;
    } else {
      const auto end = waiting_.begin() + kMaxGroup;
      group.requests.assign(std::move_iterator(waiting_.begin()), std::move_iterator(end));
      waiting_.erase(waiting_.begin(), end);
      group.left_some = true;
    }
  }
  const records::End end = TRY(records::end(transaction));
  Place place{end, std::max(clock_.wall(), end.time), {}};
  batch_.clear();
  for (Request& request : group.requests) TRY_STATUS(write_one(request, place, transaction));
  TRY_STATUS(insert_batch(place, transaction));
  for (const auto& [source, sequence] : place.sequences)
    if (sequence.moved) TRY_STATUS(records::set_sequence(transaction, source, sequence.last));
  if (place.end.size / kTileWidth != end.size / kTileWidth)
    TRY_STATUS(records::note_contents(transaction, place.end.size));
  return {};
}

Status Recorder::write_one(Request& request, Place& place, store::Transaction& transaction) {
  const WallTime now = place.now;
  auto events = request.decide(transaction, now);
  Status valid;
  if (events)
    for (const Event& event : *events)
      if (valid) valid = check(event);
  if (!events || !valid) {  // an answer, not a failure: nothing was written
    request.outcome =
        std::unexpected(events ? std::move(valid.error()) : std::move(events.error()));
    return {};
  }
  request.outcome = std::vector<Entry>();
  request.outcome->reserve(events->size());
  for (Event& event : *events) {
    Entry entry{place.end.size, now, new_uuid(EntryTime(now), *chance_), std::move(event)};
    TRY_STATUS(append(entry, place, transaction));
    request.outcome->push_back(std::move(entry));
  }
  return {};
}

Status Recorder::append(Entry& entry, Place& place, store::Transaction& transaction) {
  const std::string source = source_of(entry.event.type);
  auto sequence = place.sequences.find(source);
  if (sequence == place.sequences.end()) {
    const std::uint64_t last = TRY(records::sequence(transaction, source));
    sequence = place.sequences.emplace(source, Place::Sequence{last}).first;
  }
  std::array<std::uint8_t, kSaltSize> salt;
  chance_->fill(salt);
  batch_.add({.index = entry.index,
              .time = entry.time,
              .id = entry.id,
              .type = entry.event.type,
              .object = entry.event.object,
              .subject = pseudonyms_.of(entry.event.object),
              .sequence = sequence->second.last + 1,
              .form = entry.event.form,
              .sensitivity = entry.event.sensitivity,
              .payload = entry.event.payload,
              .salt = salt});
  TRY_STATUS(apply(appliers_, transaction, entry));
  ++sequence->second.last;
  sequence->second.moved = true;
  ++place.end.size;
  return batch_.full() ? insert_batch(place, transaction) : Status{};
}

Status Recorder::insert_batch(const Place& place, store::Transaction& transaction) {
  if (batch_.count() == 0) return {};
  TRY_STATUS(records::insert(transaction, place.end.size - batch_.count(), place.now, batch_));
  batch_.clear();
  return {};
}

void Recorder::finish(Group& group, Status outcome) {
  if (!group.taken) {  // the writer did not take the job: those who wait get its answer
    const std::lock_guard lock(mutex_);
    group.requests = std::exchange(waiting_, {});
    scheduled_ = false;
  }
  if (group.left_some) submit(std::make_shared<Group>());
  const bool try_each =
      !outcome && group.taken && group.requests.size() > 1 && !concerns_all(outcome.error());
  for (Request& request : group.requests) {
    if (try_each) {
      auto alone = std::make_shared<Group>();
      alone->taken = true;
      alone->requests.push_back(std::move(request));
      submit(std::move(alone));
      continue;
    }
    if (!outcome) request.outcome = std::unexpected(outcome.error());
    if (request.outcome && !request.outcome->empty()) after_(*request.outcome);
    request.recorded(std::move(request.outcome));
  }
}

}  // namespace nocturn::ledger
