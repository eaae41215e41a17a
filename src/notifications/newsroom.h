#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "net/loop.h"
#include "notifications/grouping.h"
#include "notifications/page_news.h"
#include "notifications/windows.h"
#include "status_page/status_page.h"

// Turns what the status page shows into tellings: looks at each new page, waits a moment so that
// what happens together is told together, and records notices, tellings and a delivery for every
// recipient in one transaction.
namespace nocturn::notifications {

// What is to be recorded when the page shows this; nothing when all is told. `again_at`: when time
// alone will bring more. `new_id` makes a notice's id.
Result<std::vector<ledger::Event>> tidings(store::Reader& reader, const status_page::View& view,
                                           const PageNews& news, const Clocks& clocks,
                                           const std::function<std::string()>& new_id, WallTime now,
                                           std::optional<WallTime>& again_at);

// The events of one telling to these addressees: an event for each kMostTold of them, each a
// telling with a number of its own. `telling.number` is the first. Empty without addressees.
std::vector<ledger::Event> tell(Telling telling, std::uint64_t sequence,
                                std::span<const Addressee> addressees,
                                const inventory::Cloud& cloud, std::string_view by);

// Lives on one loop, which calls look().
class Newsroom {
 public:
  struct Parts {
    ledger::Ledger* ledger = nullptr;
    net::Loop* loop = nullptr;
    const Clock* clock = nullptr;
    Random* random = nullptr;
    // What is written within this time of the first sign goes together.
    Micros gathering = std::chrono::milliseconds(700);
    Clocks clocks = {};
  };
  explicit Newsroom(Parts parts) : parts_(parts) {}
  ~Newsroom();

  // A page was made. On the loop.
  void look(status_page::ViewPtr view);
  // Somebody may have to be told what the page showed before. On the loop.
  void look_again();

 private:
  void record();
  void recorded(bool well, std::optional<WallTime> again_at);
  void plan(Micros delay);

  Parts parts_;
  status_page::ViewPtr view_;
  std::string told_;  // fingerprint of the page that was recorded last
  bool under_way_ = false;
  net::Loop::TimerId timer_ = 0;
  SteadyTime planned_at_{};
  std::shared_ptr<Newsroom*> self_ = std::make_shared<Newsroom*>(this);
};

}  // namespace nocturn::notifications
