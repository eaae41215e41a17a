#include "notifications/outbox.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace nocturn::notifications {
namespace {

constexpr std::size_t kRead = 256;                         // deliveries at a time
constexpr std::size_t kMostInHand = 20'000;                // beyond that the store keeps them
constexpr std::size_t kMostTellings = 64;                  // kept in memory
constexpr Micros kAfterFailure = std::chrono::seconds(1);  // of the way, or of the store
constexpr Micros kFirstRetry = std::chrono::minutes(1), kLongestRetry = std::chrono::hours(1);
// A domain that puts off so many in a row is left alone for a while.
constexpr int kPatientFailures = 3;
constexpr Micros kFirstHold = std::chrono::minutes(1), kLongestHold = std::chrono::minutes(30);
constexpr std::size_t kMostDomains = 10'000;

Micros doubled(Micros first, std::int64_t times, Micros longest) {
  Micros pause = first;
  for (std::int64_t i = 0; i < times && pause < longest; ++i) pause *= 2;
  return std::min(pause, longest);
}

std::string domain_of(const Parcel& parcel) {
  const std::string& address = parcel.recipient.address;
  return parcel.recipient.channel + " " + lower_ascii(address.substr(address.rfind('@') + 1));
}

}  // namespace

Outbox::Outbox(Parts parts) : parts_(parts) { door_->loop = parts_.loop; }

Outbox::~Outbox() {
  {
    const std::lock_guard lock(door_->mutex);
    door_->loop = nullptr;
  }
  *self_ = nullptr;
  parts_.loop->cancel(flush_timer_);
  parts_.loop->cancel(due_timer_);
}

void Outbox::open(std::string_view channel, std::function<void()> wake) {
  lines_[std::string(channel)].wake = std::move(wake);
}

void Outbox::take_back(std::string_view channel) {
  Line& line = lines_[std::string(channel)];
  for (auto& [id, parcel] : line.handed_out) line.ready.push_back(std::move(parcel));
  line.handed_out.clear();
  line.wake = [] {};
  line.hungry = true;
}

void Outbox::wake() {
  more_in_store_ = true;
  wake_lines();
}

void Outbox::wake_lines() {
  for (auto& [channel, line] : lines_) {
    if (!line.hungry) continue;
    line.hungry = false;
    line.wake();
  }
}

std::optional<Parcel> Outbox::next(std::string_view channel) {
  const auto found = lines_.find(channel);
  CHECK(found != lines_.end());
  Line& line = found->second;
  for (;;) {
    if (line.ready.empty()) refill();
    if (line.ready.empty()) {
      line.hungry = true;
      return std::nullopt;
    }
    Parcel parcel = std::move(line.ready.front());
    line.ready.pop_front();
    if (!domain_is_held(parcel)) {
      line.handed_out.emplace(parcel.delivery, parcel);
      return parcel;
    }
    const Micros rest = domains_.at(domain_of(parcel)).held_until - parts_.clock->steady();
    later(std::move(parcel), rest);
  }
}

void Outbox::refill() {
  while (more_in_store_ && in_hand_.size() < kMostInHand) {
    const std::size_t before = in_hand_.size();
    if (const Status read = read_more(); !read) {
      log::error("notifications", "deliveries cannot be read: " + read.error().text());
      more_in_store_ = false;
      parts_.loop->after(kFirstRetry, [self = self_] {
        if (*self != nullptr) (*self)->wake();
      });
      return;
    }
    if (in_hand_.size() > before) return;  // some channel has something now
  }
}

Status Outbox::read_more() {
  std::vector<Parcel> parcels;
  std::vector<events::Settled> gone;
  TRY_STATUS(parts_.database->read([&](store::Reader& reader) -> Status {
    const WallTime now = parts_.clock->wall();
    auto found = TRY(records::due(reader, now, read_up_to_, kRead));
    if (found.size() < kRead) {
      more_in_store_ = false;
      read_up_to_ = -1;  // from the start next time: what was not due then may be
      if (const auto next = TRY(records::next_due(reader, now))) {
        parts_.loop->cancel(due_timer_);
        due_timer_ = parts_.loop->after(*next - now, [this] {
          more_in_store_ = true;
          wake_lines();
        });
      }
    } else {
      read_up_to_ = found.back().delivery.id;
    }
    for (records::StoredDelivery& stored : found) {
      const std::int64_t id = stored.delivery.id;
      if (in_hand_.contains(id)) continue;
      Status failed;
      auto parcel = parcel_of(reader, std::move(stored), failed);
      TRY_STATUS(failed);
      in_hand_.insert(id);
      if (parcel) {
        for (const std::int64_t rider : parcel->riders) in_hand_.insert(rider);
        parcels.push_back(*std::move(parcel));
      } else {
        gone.push_back({id, Delivery::State::withdrawn, ""});
      }
    }
    return {};
  }));
  parts_.counters->in_hand = in_hand_.size();
  for (Parcel& parcel : parcels) put(std::move(parcel));
  std::ranges::move(gone, std::back_inserter(settled_));
  if (!gone.empty()) flush();
  return {};
}

std::optional<Parcel> Outbox::parcel_of(store::Reader& reader, records::StoredDelivery stored,
                                        Status& failed) {
  auto parcel = records::parcel(reader, stored, parts_.clock->wall());
  if (!parcel) {
    failed = std::unexpected(parcel.error());
    return std::nullopt;
  }
  if (!*parcel || (*parcel)->purpose != Delivery::Purpose::telling || !(*parcel)->digest.empty())
    return *std::move(parcel);
  const auto key = std::pair(stored.delivery.notice.text(), stored.delivery.number);
  auto known = tellings_.find(key);
  if (known == tellings_.end()) {
    auto telling = records::telling(reader, stored.delivery.notice, stored.delivery.number);
    if (!telling || !*telling) {
      failed = telling
                   ? fail(ErrorCode::corrupt, "delivery {} is of no telling", stored.delivery.id)
                   : std::unexpected(telling.error());
      return std::nullopt;
    }
    if (tellings_.size() >= kMostTellings) tellings_.erase(tellings_.begin());
    known = tellings_.emplace(key, std::make_shared<const Telling>(**std::move(telling))).first;
  }
  (*parcel)->telling = known->second;
  return *std::move(parcel);
}

// In line, or behind what is under way to the same recipient.
void Outbox::put(Parcel parcel) {
  const RecipientId recipient = parcel.recipient.id;
  if (!busy_.insert(recipient).second) {
    behind_[recipient].push_back(std::move(parcel));
    return;
  }
  Line& line = lines_[parcel.recipient.channel];
  line.ready.push_back(std::move(parcel));
  if (line.hungry && line.wake) {
    line.hungry = false;
    parts_.loop->post([self = self_, wake = line.wake] {
      if (*self != nullptr) wake();
    });
  }
}

void Outbox::release(const RecipientId& recipient) {
  busy_.erase(recipient);
  const auto waiting = behind_.find(recipient);
  if (waiting == behind_.end()) return;
  Parcel parcel = std::move(waiting->second.front());
  waiting->second.pop_front();
  if (waiting->second.empty()) behind_.erase(waiting);
  put(std::move(parcel));
}

void Outbox::settle(const Parcel& parcel, Delivery::State state, std::string code,
                    std::string quarantine) {
  lines_[parcel.recipient.channel].handed_out.erase(parcel.delivery);
  judge_domain(parcel, true);
  settled_.push_back({parcel.delivery, state, code});
  for (const std::int64_t rider : parcel.riders) settled_.push_back({rider, state, code});
  if (!quarantine.empty()) beside_.push_back(events::quarantined(parcel.recipient.id, quarantine));
  release(parcel.recipient.id);
  if (settled_.size() >= kBatch) return flush();
  if (flush_timer_ == 0)
    flush_timer_ = parts_.loop->after(kBatchTime, [this] {
      flush_timer_ = 0;
      flush();
    });
}

void Outbox::defer(Parcel parcel, std::string said) {
  ++parts_.counters->deferred;
  judge_domain(parcel, false);
  if (parts_.clock->wall() - parcel.queued_at >= kPatience)
    return settle(parcel, Delivery::State::given_up, "");
  parts_.ledger->writer().submit(
      [delivery = parcel.delivery, said = std::move(said)](store::Transaction& to) {
        return records::note_try(to, delivery, said);
      },
      [](const Status&) {});  // only told to operators; the next try is noted again
  const Micros pause = doubled(kFirstRetry, parcel.tries++, kLongestRetry);
  later(std::move(parcel), pause);
}

void Outbox::put_back(Parcel parcel, const std::string& said) {
  if (parts_.clock->wall() - parcel.queued_at >= kPatience) {
    log::warning("notifications",
                 fmt::format("delivery {} is given up: {}", parcel.delivery, said));
    return settle(parcel, Delivery::State::given_up, "");
  }
  later(std::move(parcel), kAfterFailure);
}

void Outbox::later(Parcel parcel, Micros delay) {
  lines_[parcel.recipient.channel].handed_out.erase(parcel.delivery);
  auto waiting = std::make_shared<Parcel>(std::move(parcel));
  parts_.loop->after(delay, [self = self_, waiting] {
    if (*self == nullptr) return;
    Outbox& outbox = **self;
    outbox.busy_.erase(waiting->recipient.id);
    outbox.put(std::move(*waiting));
  });
}

void Outbox::flush() {
  if (settled_.empty() && beside_.empty()) return;
  auto batch = std::make_shared<std::vector<events::Settled>>(std::exchange(settled_, {}));
  auto more = std::make_shared<std::vector<ledger::Event>>(std::exchange(beside_, {}));
  ++recording_;
  parts_.ledger->record(
      [batch, more](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> {
        std::vector<ledger::Event> events;
        if (!batch->empty()) events.push_back(events::settled(*batch));
        events.insert(events.end(), more->begin(), more->end());
        return events;
      },
      [self = self_, door = door_, batch, more](Result<std::vector<ledger::Entry>> outcome) {
        if (!outcome)
          log::error("notifications", "ends of deliveries wait: " + outcome.error().text());
        const std::lock_guard lock(door->mutex);
        if (door->loop == nullptr) return;
        door->loop->post([self, batch, more, well = outcome.has_value()] {
          if (*self != nullptr) (*self)->recorded(std::move(*batch), std::move(*more), well);
        });
      });
}

// A store that cannot write now (a full disk) gets the same again: what was sent stays in hand, so
// it is not sent twice.
void Outbox::recorded(std::vector<events::Settled> batch, std::vector<ledger::Event> more,
                      bool well) {
  --recording_;
  if (well) {
    for (const events::Settled& one : batch) {
      in_hand_.erase(one.delivery);
      count(one.state);
    }
    parts_.counters->in_hand = in_hand_.size();
    return;
  }
  settled_.insert(settled_.end(), batch.begin(), batch.end());
  std::ranges::move(more, std::back_inserter(beside_));
  if (flush_timer_ == 0)
    flush_timer_ = parts_.loop->after(kAfterFailure, [this] {
      flush_timer_ = 0;
      flush();
    });
}

bool Outbox::domain_is_held(const Parcel& parcel) const {
  const auto found = domains_.find(domain_of(parcel));
  return found != domains_.end() && found->second.held_until > parts_.clock->steady();
}

void Outbox::judge_domain(const Parcel& parcel, bool well) {
  if (well) {
    if (!domains_.empty()) domains_.erase(domain_of(parcel));
    return;
  }
  if (domains_.size() >= kMostDomains) domains_.clear();
  Domain& domain = domains_[domain_of(parcel)];
  if (++domain.failures < kPatientFailures) return;
  domain.held_until = parts_.clock->steady() +
                      doubled(kFirstHold, domain.failures - kPatientFailures, kLongestHold);
}

void Outbox::count(Delivery::State state) {
  if (state == Delivery::State::sent) ++parts_.counters->sent;
  if (state == Delivery::State::refused) ++parts_.counters->refused;
  if (state == Delivery::State::given_up) ++parts_.counters->given_up;
}

}  // namespace nocturn::notifications
