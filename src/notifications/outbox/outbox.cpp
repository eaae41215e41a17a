#include "notifications/outbox/outbox.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"

namespace nocturn::notifications {
namespace {

constexpr std::size_t kRead = 256;           // deliveries at a time
constexpr std::size_t kMostInHand = 20'000;  // beyond that the store keeps them
constexpr std::size_t kMostTellings = 64;    // kept in memory
constexpr Micros kFresh = std::chrono::seconds(2);
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
  for (auto& [channel, line] : lines_) line.more_in_store = true;
  wake_lines();
}

void Outbox::wake_lines() {
  for (auto& [channel, line] : lines_) {
    if (!line.hungry) continue;
    line.hungry = false;
    if (line.wake) line.wake();
  }
}

std::optional<Parcel> Outbox::next(std::string_view channel, const Fits& fits) {
  const auto found = lines_.find(channel);
  CHECK(found != lines_.end());
  Line& line = found->second;
  if (being_recorded_ + settled_.size() >= 2 * kBatch) {  // recorded() wakes it
    line.hungry = true;
    return std::nullopt;
  }
  for (;;) {
    const auto place = fits ? std::ranges::find_if(line.ready, fits) : line.ready.begin();
    if (place == line.ready.end()) {
      const std::size_t before = line.in_hand.size();
      refill(channel, line);
      if (line.in_hand.size() > before) continue;
      line.hungry = true;
      return std::nullopt;
    }
    Parcel found = std::move(*place);
    line.ready.erase(place);
    auto parcel = fresh(std::move(found));
    if (!parcel) continue;
    if (!domain_is_held(*parcel)) {
      line.handed_out.emplace(parcel->delivery, *parcel);
      return parcel;
    }
    const Micros rest = domains_.at(domain_of(*parcel)).held_until - parts_.clock->steady();
    later(*std::move(parcel), rest);
  }
}

// What lay here for a while is looked at again: its recipient may have left meanwhile, or moved.
std::optional<Parcel> Outbox::fresh(Parcel parcel) {
  if (parts_.clock->steady() - parcel.read_at < kFresh) return parcel;
  std::optional<Parcel> again;
  const Status read = parts_.database->read([&](store::Reader& reader) -> Status {
    const auto stored = TRY(records::delivery(reader, parcel.delivery));
    if (stored && stored->delivery.state == Delivery::State::queued)
      again = TRY(parcel_of(reader, *stored));
    return {};
  });
  if (!read) {
    log::error("notifications", "a delivery cannot be read: " + read.error().text());
    later(std::move(parcel), kAfterFailure);
    return std::nullopt;
  }
  if (!again) {
    settle(parcel, Delivery::State::withdrawn, "");
    return std::nullopt;
  }
  if (!parcel.digest.empty()) return parcel;  // a digest stays as it was put together
  lines_[again->recipient.channel].in_hand.insert(again->riders.begin(), again->riders.end());
  return again;
}

bool Outbox::is_in_hand(std::int64_t delivery) const {
  return std::ranges::any_of(
      lines_, [&](const auto& line) { return line.second.in_hand.contains(delivery); });
}

void Outbox::refill(std::string_view channel, Line& line) {
  while (line.more_in_store && line.in_hand.size() < kMostInHand) {
    const std::size_t before = line.in_hand.size();
    if (const Status read = read_more(channel, line); !read) {
      log::error("notifications", "deliveries cannot be read: " + read.error().text());
      line.more_in_store = false;
      parts_.loop->after(kFirstRetry, [self = self_] {
        if (*self != nullptr) (*self)->wake();
      });
      return;
    }
    if (line.in_hand.size() > before) return;
  }
}

Status Outbox::read_more(std::string_view channel, Line& line) {
  std::vector<Parcel> parcels;
  std::vector<events::Settled> gone;
  TRY_STATUS(parts_.database->read([&](store::Reader& reader) -> Status {
    const WallTime now = parts_.clock->wall();
    const auto found = TRY(records::due(reader, channel, now, line.read_up_to, kRead));
    if (found.size() < kRead) {
      line.more_in_store = false;
      line.read_up_to = -1;  // from the start next time: what was not due then may be
      if (const auto next = TRY(records::next_due(reader, now))) {
        parts_.loop->cancel(due_timer_);
        due_timer_ = parts_.loop->after(*next - now, [this] { wake(); });
      }
    } else {
      line.read_up_to = found.back().delivery.id;
    }
    for (const records::StoredDelivery& stored : found) {
      const std::int64_t id = stored.delivery.id;
      if (is_in_hand(id)) continue;
      auto parcel = TRY(parcel_of(reader, stored));
      line.in_hand.insert(id);
      if (parcel) {
        line.in_hand.insert(parcel->riders.begin(), parcel->riders.end());
        parcels.push_back(*std::move(parcel));
      } else {
        gone.push_back({id, Delivery::State::withdrawn, ""});
      }
    }
    return {};
  }));
  count_in_hand();
  for (Parcel& parcel : parcels) put(std::move(parcel));
  const bool some = !gone.empty();
  std::ranges::move(gone, std::back_inserter(settled_));
  if (some) flush();
  return {};
}

Result<std::optional<Parcel>> Outbox::parcel_of(store::Reader& reader,
                                                const records::StoredDelivery& stored) {
  auto parcel = TRY(records::parcel(reader, stored, parts_.clock->wall(),
                                    [this](std::int64_t id) { return is_in_hand(id); }));
  if (!parcel) return std::nullopt;
  parcel->read_at = parts_.clock->steady();
  if (parcel->purpose != Delivery::Purpose::telling || !parcel->digest.empty()) return parcel;
  const auto key = std::pair(stored.delivery.notice.text(), stored.delivery.number);
  auto known = tellings_.find(key);
  if (known == tellings_.end()) {
    auto telling = TRY(records::telling(reader, stored.delivery.notice, stored.delivery.number));
    if (!telling)
      return fail(ErrorCode::corrupt, "delivery {} is of no telling", stored.delivery.id);
    if (tellings_.size() >= kMostTellings) tellings_.erase(tellings_.begin());
    known = tellings_.emplace(key, std::make_shared<const Telling>(*std::move(telling))).first;
  }
  parcel->telling = known->second;
  return parcel;
}

// In line, or behind what is under way to the same recipient.
void Outbox::put(Parcel parcel) {
  const RecipientId recipient = parcel.recipient.id;
  if (!busy_.insert(recipient).second) {
    behind_[recipient].push_back(std::move(parcel));
    return;
  }
  const std::string channel = parcel.recipient.channel;
  Line& line = lines_[channel];
  line.ready.push_back(std::move(parcel));
  if (!line.hungry) return;
  line.hungry = false;
  // Whoever is awake by then: a channel may be gone before its turn.
  parts_.loop->post([self = self_, channel] {
    if (*self == nullptr) return;
    if (const auto& wake = (*self)->lines_[channel].wake) wake();
  });
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
  if (settled_.size() >= kBatch && !failed_) return flush();
  if (flush_timer_ == 0)
    flush_timer_ = parts_.loop->after(kBatchTime, [this] {
      flush_timer_ = 0;
      flush();
    });
}

void Outbox::defer(Parcel parcel, std::string said, bool for_all) {
  ++parts_.counters->deferred;
  if (for_all) judge_domain(parcel, false);
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
  if (recording_ || (settled_.empty() && beside_.empty())) return;
  auto batch = std::make_shared<std::vector<events::Settled>>(std::exchange(settled_, {}));
  auto more = std::make_shared<std::vector<ledger::Event>>(std::exchange(beside_, {}));
  recording_ = true;
  being_recorded_ = batch->size();
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
  recording_ = false;
  being_recorded_ = 0;
  failed_ = !well;
  if (well) {
    for (const events::Settled& one : batch) {
      for (auto& [channel, line] : lines_) line.in_hand.erase(one.delivery);
      count(one.state);
    }
    count_in_hand();
    flush();       // what came meanwhile
    wake_lines();  // there is room for more
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

void Outbox::count_in_hand() {
  std::size_t all = 0;
  for (const auto& [channel, line] : lines_) all += line.in_hand.size();
  parts_.counters->in_hand = all;
}

void Outbox::count(Delivery::State state) {
  if (state == Delivery::State::sent) ++parts_.counters->sent;
  if (state == Delivery::State::refused) ++parts_.counters->refused;
  if (state == Delivery::State::given_up) ++parts_.counters->given_up;
}

}  // namespace nocturn::notifications
