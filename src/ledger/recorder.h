#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "ledger/batch.h"
#include "ledger/ledger.h"
#include "store/writer.h"

// Turns decisions into entries, on the writer's thread. All who wait, up to 4,096, form one job of
// the writer: it reads once where the ledger ends, decides and inserts one after another, and
// writes the sequence numbers back. Nothing about the ledger's end is remembered between jobs, so a
// group that was rolled back leaves nothing to mend.
namespace nocturn::ledger {

// What goes into the leaf in place of an object's name: the first half of HMAC-SHA-256. Belongs to
// one thread.
class Pseudonyms {
 public:
  explicit Pseudonyms(std::string key) : key_(std::move(key)) {}
  const std::array<std::uint8_t, 16>& of(const std::string& object);

 private:
  std::string key_;
  std::unordered_map<std::string, std::array<std::uint8_t, 16>>
      known_;  // emptied when it grows too big
};

// Runs every applier whose prefix the entry's type has.
Status apply(std::span<const Applier> appliers, store::Transaction& transaction,
             const Entry& entry);

class Recorder {
 public:
  // `after` is told of each record() that added entries, before its caller is.
  Recorder(store::Writer& writer, const Clock& clock, Random& random, Pseudonyms pseudonyms,
           std::span<const Applier> appliers, OnCommitted after);
  // To be destroyed after the writer has come to rest.
  ~Recorder();

  // Thread-safe. Answers `limited` at once when 65,536 wait.
  void record(Decide decide, Recorded recorded);

 private:
  struct Request;
  struct Group;
  struct Place;
  class Chance;

  void submit(std::shared_ptr<Group> group);
  Status write(Group& group, store::Transaction& transaction);
  Status write_one(Request& request, Place& place, store::Transaction& transaction);
  Status append(Entry& entry, Place& place, store::Transaction& transaction);
  Status insert_batch(const Place& place, store::Transaction& transaction);
  void finish(Group& group, Status outcome);

  store::Writer& writer_;
  const Clock& clock_;
  std::unique_ptr<Chance> chance_;
  Pseudonyms pseudonyms_;
  const std::vector<Applier> appliers_;
  const OnCommitted after_;
  Batch batch_;  // of the job under way, what is not inserted yet

  std::mutex mutex_;
  std::vector<Request> waiting_;
  bool scheduled_ = false;  // a job that will take waiting_ is with the writer
};

}  // namespace nocturn::ledger
