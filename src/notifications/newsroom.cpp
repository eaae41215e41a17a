#include "notifications/newsroom.h"

#include "base/log.h"

namespace nocturn::notifications {
namespace {

constexpr Micros kAfterFailure = std::chrono::seconds(1);

}  // namespace

Newsroom::~Newsroom() {
  *self_ = nullptr;
  if (timer_ != 0) parts_.loop->cancel(timer_);
}

void Newsroom::look(status_page::ViewPtr view) {
  view_ = std::move(view);
  if (under_way_) return;
  const bool news = page_news(*view_).fingerprint != told_;
  if (news) plan(parts_.gathering);
}

void Newsroom::look_again() {
  told_.clear();
  if (view_ && !under_way_) plan(parts_.gathering);
}

// The sooner of two plans counts.
void Newsroom::plan(Micros delay) {
  const SteadyTime at = parts_.clock->steady() + delay;
  if (timer_ != 0 && planned_at_ <= at) return;
  parts_.loop->cancel(timer_);
  planned_at_ = at;
  timer_ = parts_.loop->after(delay, [this] {
    timer_ = 0;
    record();
  });
}

void Newsroom::record() {
  if (under_way_) return;  // what comes meanwhile is looked at afterwards
  under_way_ = true;
  auto news = std::make_shared<const PageNews>(page_news(*view_));
  auto again_at = std::make_shared<std::optional<WallTime>>();
  const std::string fingerprint = news->fingerprint;
  parts_.ledger->record(
      [news, again_at, view = view_, clocks = parts_.clocks, clock = parts_.clock,
       random = parts_.random](store::Reader& reader, WallTime now) {
        return tidings(
            reader, *view, *news, clocks, [=] { return new_uuid(*clock, *random); }, now,
            *again_at);
      },
      [self = self_, loop = parts_.loop, again_at,
       fingerprint](Result<std::vector<ledger::Entry>> outcome) {
        const bool well = outcome.has_value();
        if (!well) log::error("notifications", "news wait: " + outcome.error().text());
        loop->post([self, again_at, fingerprint, well] {
          if (*self == nullptr) return;
          if (well) (*self)->told_ = fingerprint;
          (*self)->recorded(well, *again_at);
        });
      });
}

void Newsroom::recorded(bool well, std::optional<WallTime> again_at) {
  under_way_ = false;
  if (!well) return plan(kAfterFailure);
  if (page_news(*view_).fingerprint != told_) return plan(parts_.gathering);
  if (again_at) plan(std::max(Micros{0}, *again_at - parts_.clock->wall()));
}

}  // namespace nocturn::notifications
