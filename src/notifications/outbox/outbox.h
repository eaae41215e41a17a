#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ledger/ledger.h"
#include "net/loop.h"
#include "notifications/events.h"
#include "notifications/outbox/parcel.h"
#include "notifications/records.h"

// The deliveries that wait, in the order in which they go: reads them from the store as channels
// ask, one at a time for each recipient and oldest first, and records what became of them in
// batches. A delivery is queued in the store until its end is recorded there; nothing else is
// remembered, so that after a crash at most what was under way, or not recorded yet, is sent again.
// Lives on one loop.
namespace nocturn::notifications {

class Outbox {
 public:
  // Since the start; ends are counted when they are recorded. Read by any thread.
  struct Counters {
    std::atomic<std::uint64_t> sent = 0, refused = 0, given_up = 0, deferred = 0;
    std::atomic<std::uint64_t> in_hand = 0;  // read from the store, and not recorded as ended
  };
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    store::Database* database = nullptr;
    net::Loop* loop = nullptr;
    const Clock* clock = nullptr;
    Counters* counters = nullptr;
  };
  // Ends are recorded when so many are there, or after so long. While one such batch is being
  // recorded the next fills; once two wait, recorded or not, nothing is handed out: a crash, or a
  // store that cannot write, leaves two of them behind and what was under way, never more.
  static constexpr std::size_t kBatch = 32;
  static constexpr Micros kBatchTime = std::chrono::milliseconds(50);
  // What cannot be delivered for so long is given up.
  static constexpr Micros kPatience = std::chrono::hours(72);

  explicit Outbox(Parts parts);
  ~Outbox();  // what is not recorded yet counts as not sent
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // A channel that can deliver; `wake` is called on the loop when there may be something for it.
  void open(std::string_view channel, std::function<void()> wake);
  // What the channel had and did not end is in line again: it is gone, or another takes its place.
  void take_back(std::string_view channel);
  // Something was queued. On the loop.
  void wake();

  // The next for this channel, or nothing: then its wake is called when there is. `fits`: those
  // that it can take now; the others keep their places.
  using Fits = std::function<bool(const Parcel&)>;
  std::optional<Parcel> next(std::string_view channel, const Fits& fits = {});
  // It ended. `code`: digits that say how ("250 2.0.0"). When `quarantine` is not empty, nothing
  // more goes to the recipient, because of that.
  void settle(const Parcel& parcel, Delivery::State state, std::string code,
              std::string quarantine = {});
  // Not now: it is tried again later, until the patience is over. `said` by the other side, no
  // personal data. `for_all`: it puts off everybody at that domain.
  void defer(Parcel parcel, std::string said, bool for_all);
  // The way failed before the recipient was reached: it goes again soon, and counts as no try.
  void put_back(Parcel parcel, const std::string& said);

 private:
  struct Line {  // of one channel
    std::function<void()> wake;
    std::deque<Parcel> ready;
    std::map<std::int64_t, Parcel> handed_out;
    std::unordered_set<std::int64_t> in_hand;  // read, and not recorded as ended
    std::int64_t read_up_to = -1;
    bool more_in_store = true;
    bool hungry = true;  // asked, and got nothing
  };
  void refill(std::string_view channel, Line& line);
  Status read_more(std::string_view channel, Line& line);
  Result<std::optional<Parcel>> parcel_of(store::Reader& reader,
                                          const records::StoredDelivery& stored);
  bool is_in_hand(std::int64_t delivery) const;
  std::optional<Parcel> fresh(Parcel parcel);
  void put(Parcel parcel);
  void release(const RecipientId& recipient);
  void later(Parcel parcel, Micros delay);
  void flush();
  void recorded(std::vector<events::Settled> batch, std::vector<ledger::Event> more, bool well);
  void wake_lines();
  void count(Delivery::State state);
  void count_in_hand();
  bool domain_is_held(const Parcel& parcel) const;
  void judge_domain(const Parcel& parcel, bool well);

  Parts parts_;
  std::map<std::string, Line, std::less<>> lines_;
  std::set<RecipientId> busy_;  // something is under way to them, or was deferred
  std::map<RecipientId, std::deque<Parcel>> behind_;  // what waits for that
  std::map<std::pair<std::string, std::uint64_t>, std::shared_ptr<const Telling>> tellings_;
  struct Domain {
    int failures = 0;
    SteadyTime held_until{};
  };
  std::unordered_map<std::string, Domain> domains_;
  std::vector<events::Settled> settled_;
  std::vector<ledger::Event> beside_;  // to be recorded with them
  bool recording_ = false;
  std::size_t being_recorded_ = 0;  // ends, while `recording_`
  bool failed_ = false;             // the store took none the last time: it is asked at its time
  net::Loop::TimerId flush_timer_ = 0, due_timer_ = 0;
  // What the writer's thread may reach after this is gone.
  struct Door {
    std::mutex mutex;
    net::Loop* loop = nullptr;
  };
  std::shared_ptr<Door> door_ = std::make_shared<Door>();
  std::shared_ptr<Outbox*> self_ = std::make_shared<Outbox*>(this);  // for the loop's own turns
};

}  // namespace nocturn::notifications
