#include "notifications/notifications.h"

#include <mutex>
#include <set>

#include "base/log.h"
#include "notifications/events.h"
#include "notifications/newsroom.h"
#include "notifications/pruning_pace.h"
#include "notifications/records.h"

namespace nocturn::notifications {
namespace {

constexpr std::uint64_t kPage = 1'000;  // entries looked at in one go
constexpr std::size_t kPrunedAtOnce = 1'000;

bool concerns_postman(std::string_view type) {
  return type == events::kTold || type == events::kRequested || type == events::kLinkAsked ||
         type == events::kReleased;
}

class Running final : public Notifications {
 public:
  Running(Parts parts, LinkKey links)
      : parts_(std::move(parts)),
        links_(links),
        desk_({.ledger = parts_.ledger,
               .database = parts_.database,
               .clock = parts_.clock,
               .random = parts_.random,
               .links = &links_,
               .cloud = parts_.cloud,
               .admits = parts_.admits,
               .admits_code = parts_.admits_code}),
        newsroom_({.ledger = parts_.ledger,
                   .loop = parts_.loop,
                   .clock = parts_.clock,
                   .random = parts_.random}) {}

  void start() override {
    auto postman = Postman::start({.ledger = parts_.ledger,
                                   .database = parts_.database,
                                   .clock = parts_.clock,
                                   .links = &links_,
                                   .house = [this] { return House{parts_.cloud(), parts_.page()}; },
                                   .variable = parts_.variable});
    const std::lock_guard lock(mutex_);
    postman_ = std::move(postman);
  }

  void stop() override {
    std::unique_ptr<Postman> postman;
    {
      const std::lock_guard lock(mutex_);
      postman = std::move(postman_);
    }
  }

  void look(status_page::ViewPtr view) override {
    if (view->cloud().notifications.from.empty()) return;  // nobody could be told
    newsroom_.look(std::move(view));
  }

  void look_at(std::span<const ledger::Entry> entries) override {
    const std::lock_guard lock(mutex_);
    bool wake = false, released = false;
    for (const ledger::Entry& entry : entries) {
      released = released || entry.event.type == events::kReleased;
      wake = wake || concerns_postman(entry.event.type);
      if (entry.event.type == events::kEnded) ended_.insert(entry.event.object);
    }
    if (wake && postman_) postman_->wake();
    if (released) parts_.loop->post([this] { newsroom_.look_again(); });
  }

  void configure() override {
    const std::lock_guard lock(mutex_);
    if (postman_) postman_->configure();
  }

  void tidy_up() override {
    if (const Status ended = end_lapsed(); !ended)
      log::error("notifications", "unconfirmed requests stay: " + ended.error().text());
    if (const Status erased = erase_ended(); !erased)
      log::error("notifications",
                 "addresses of ended subscriptions wait to be erased: " + erased.error().text());
    if (const Status pruned = prune(); !pruned)
      log::error("notifications", "old deliveries stay: " + pruned.error().text());
  }

  SubscriptionDesk& desk() override { return desk_; }
  const LinkKey& links() const override { return links_; }
  Postman::Facts facts() const override {
    const std::lock_guard lock(mutex_);
    Postman::Facts facts = postman_ ? postman_->facts() : Postman::Facts();
    facts.turned_away = desk_.turned_away();
    return facts;
  }

 private:
  Status end_lapsed() {
    std::vector<SubscriptionId> lapsed;
    TRY_STATUS(parts_.database->read([&](store::Reader& reader) -> Status {
      lapsed = TRY(records::lapsed(reader, parts_.clock->wall()));
      return {};
    }));
    if (lapsed.empty()) return {};
    TRY_STATUS(parts_.ledger->record(
        [](store::Reader& reader, WallTime now) -> Result<std::vector<ledger::Event>> {
          std::vector<ledger::Event> events;
          for (const SubscriptionId& id : TRY(records::lapsed(reader, now)))
            events.push_back(events::ended(id, "lapsed", "nocturn"));
          return events;
        }));
    return {};
  }

  // A small batch at a time, so that nobody waits for the writer.
  Status prune() {
    const std::chrono::days kept(parts_.cloud()->notifications.keep_days);
    PruningPace::Step step;
    std::optional<std::int64_t> up_to;
    TRY_STATUS(parts_.database->read([&](store::Reader& reader) -> Status {
      const auto oldest = TRY(records::oldest_ended(reader));
      if (!oldest) return {};
      step = pruning_.next(parts_.clock->wall() - kept, *oldest, parts_.clock->steady());
      up_to = TRY(records::prunable(reader, step.before, kPrunedAtOnce));
      return {};
    }));
    if (step.behind)
      log::warning(
          "notifications",
          "deliveries of many days are to be pruned at once, as if the clock had jumped; a "
          "day of them goes in an hour");
    if (!up_to) return {};
    const WallTime before = step.before;
    TRY_STATUS(
        parts_.ledger->record([&](store::Reader&, WallTime) -> Result<std::vector<ledger::Event>> {
          return {{events::pruned(before, *up_to)}};
        }));
    return {};
  }

  // What ended before this start and was not erased then is found by looking through all requests.
  Status find_ended() {
    std::set<std::string> found;
    for (std::uint64_t from = 0;;) {
      const auto entries = TRY(parts_.ledger->find(
          {.from = from, .type = std::string(events::kRequested), .limit = kPage}));
      for (const ledger::Entry& entry : entries)
        if (!entry.event.payload.empty()) found.insert(entry.event.object);
      if (entries.size() < kPage) break;
      from = entries.back().index + 1;
    }
    TRY_STATUS(parts_.database->read([&](store::Reader& reader) -> Status {
      for (const std::string& object : found) {
        const SubscriptionId id(object.substr(object.find('/') + 1));
        if (TRY(records::subscription(reader, id))) continue;
        const std::lock_guard lock(mutex_);
        ended_.insert(object);
      }
      return {};
    }));
    looked_back_ = true;
    return {};
  }

  Status erase_ended() {
    if (!looked_back_) TRY_STATUS(find_ended());
    std::set<std::string> ended;
    {
      const std::lock_guard lock(mutex_);
      ended = ended_;
    }
    for (const std::string& object : ended) {
      const auto entries = TRY(parts_.ledger->find(
          {.from = 0, .type = std::string(events::kRequested), .object = object}));
      for (const ledger::Entry& entry : entries)
        TRY_STATUS(parts_.ledger->erase_payload(entry.index));
      const std::lock_guard lock(mutex_);
      ended_.erase(object);
    }
    return {};
  }

  const Parts parts_;
  const LinkKey links_;
  SubscriptionDesk desk_;
  Newsroom newsroom_;
  PruningPace pruning_;  // of tidy_up()
  mutable std::mutex mutex_;
  std::set<std::string> ended_;  // objects whose request is to be erased
  bool looked_back_ = false;
  std::unique_ptr<Postman> postman_;
};

}  // namespace

Result<std::unique_ptr<Notifications>> Notifications::open(Parts parts) {
  LinkKey links = TRY(LinkKey::open(parts.key, *parts.random));
  auto running = std::make_unique<Running>(std::move(parts), links);
  TRY_STATUS(running->desk().recall_pace());
  return running;
}

}  // namespace nocturn::notifications
