#include "notifications/windows.h"

#include <algorithm>
#include <map>

namespace nocturn::notifications {
namespace {

using events::KnownWindow;
using inventory::MaintenanceEntry;

std::vector<std::string> instances_of(const MaintenanceEntry& entry) {
  std::vector<std::string> list;
  for (const auto& id : entry.instances) list.push_back(id.text());
  std::ranges::sort(list);
  return list;
}

// Which entry each known window is now; null: it is gone. By name and start first, for many may
// have one name; what is left of a name on both sides, and alone there, was moved.
class Matching {
 public:
  Matching(std::span<const MaintenanceEntry> scheduled, std::span<const KnownWindow> known) {
    for (const MaintenanceEntry& entry : scheduled) fresh_.push_back(&entry);
    for (const KnownWindow& window : known) found_.emplace_back(&window, nullptr);
    for (auto& [window, entry] : found_)
      entry = take([&](const MaintenanceEntry& one) {
        return one.name == window->title && one.from == window->window.from;
      });
    std::map<std::string, int> left, free;
    for (const auto& [window, entry] : found_) left[window->title] += entry == nullptr ? 1 : 0;
    for (const MaintenanceEntry* entry : fresh_) ++free[entry->name];
    for (auto& [window, entry] : found_)
      if (entry == nullptr && left[window->title] == 1 && free[window->title] == 1)
        entry = take([&](const MaintenanceEntry& one) { return one.name == window->title; });
  }

  const std::vector<std::pair<const KnownWindow*, const MaintenanceEntry*>>& found() const {
    return found_;
  }
  const std::vector<const MaintenanceEntry*>& fresh() const { return fresh_; }

 private:
  template <class Fits>
  const MaintenanceEntry* take(Fits fits) {
    const auto one = std::ranges::find_if(fresh_, [&](const auto* each) { return fits(*each); });
    if (one == fresh_.end()) return nullptr;
    const MaintenanceEntry* entry = *one;
    fresh_.erase(one);
    return entry;
  }

  std::vector<std::pair<const KnownWindow*, const MaintenanceEntry*>> found_;
  std::vector<const MaintenanceEntry*> fresh_;  // that nobody was told of
};

std::vector<std::string> both(const std::vector<std::string>& one,
                              const std::vector<std::string>& other) {
  std::vector<std::string> all;
  std::ranges::set_union(one, other, std::back_inserter(all));
  return all;
}

bool has_started(const KnownWindow& window) { return window.step == Step::started; }

// The step that the moment itself brings; nothing when none is due.
std::optional<Step> due_step(const KnownWindow& window, WallTime now) {
  if (window.window.until <= now) return Step::ended;
  if (has_started(window)) return std::nullopt;
  if (window.window.from <= now) return Step::started;
  const bool reminded = window.step == Step::reminder;
  const WallTime remind_at = window.window.from - kReminder;
  if (!reminded && remind_at <= now && window.told_at <= now - kYoung) return Step::reminder;
  return std::nullopt;
}

std::optional<WallTime> next_moment(const KnownWindow& window, WallTime now) {
  std::optional<WallTime> next;
  const auto consider = [&](WallTime time) {
    if (time > now && (!next || time < *next)) next = time;
  };
  consider(window.window.until);
  if (has_started(window)) return next;
  consider(window.window.from);
  if (window.step != Step::reminder)
    consider(std::max(window.window.from - kReminder, window.told_at + kYoung));
  return next;
}

WindowNews news_of(KnownWindow window, Step step, WallTime now) {
  window.step = step;
  window.told_at = now;
  WindowNews news{.window = std::move(window), .step = step};
  news.instances = news.window.instances;
  news.forgotten = step == Step::ended || step == Step::cancelled;
  return news;
}

// A window that was moved keeps its key, which names the start it had; another entry may stand
// there by now.
std::string new_key(const MaintenanceEntry& entry, std::span<const KnownWindow> known) {
  const std::string plain = fmt::format("{} @ {}", entry.name, to_rfc3339(entry.from));
  std::string key = plain;
  for (int n = 2; std::ranges::find(known, key, &KnownWindow::key) != known.end(); ++n)
    key = fmt::format("{} ({})", plain, n);
  return key;
}

std::optional<WindowNews> first_news(std::string key, const MaintenanceEntry& entry, WallTime now) {
  if (entry.until <= now) return std::nullopt;  // over before anybody could tell
  KnownWindow window{.key = std::move(key),
                     .title = entry.name,
                     .window = {entry.from, entry.until},
                     .instances = instances_of(entry)};
  return news_of(std::move(window), entry.from <= now ? Step::started : Step::announced, now);
}

std::optional<WindowNews> further_news(const KnownWindow& known, const MaintenanceEntry& entry,
                                       WallTime now) {
  KnownWindow window = known;
  window.window = {entry.from, entry.until};
  window.instances = instances_of(entry);
  const bool moved = window.window != known.window || window.instances != known.instances;
  if (moved && window.window.until > now) {
    WindowNews news = news_of(window, Step::moved, now);
    news.instances = both(known.instances, window.instances);
    if (window.window != known.window) news.old_window = known.window;
    // What is under way needs no word that it started: it did already, and its end was moved, or
    // it was moved to a time that has begun.
    if (window.window.from <= now) news.window.step = Step::started;
    return news;
  }
  if (const auto step = due_step(window, now)) return news_of(window, *step, now);
  return std::nullopt;
}

}  // namespace

WindowPlan window_plan(std::span<const MaintenanceEntry> scheduled,
                       std::span<const KnownWindow> known, WallTime now) {
  WindowPlan plan;
  const Matching matching(scheduled, known);
  const auto add = [&](std::optional<WindowNews> news, const KnownWindow* before) {
    std::optional<WallTime> next;
    if (news && !news->forgotten) next = next_moment(news->window, now);
    if (!news && before != nullptr) next = next_moment(*before, now);
    if (next && (!plan.again_at || *next < *plan.again_at)) plan.again_at = next;
    if (news) plan.news.push_back(*std::move(news));
  };
  for (const auto& [window, entry] : matching.found()) {
    const bool past = window->window.until <= now;
    add(entry == nullptr
            ? std::optional(news_of(*window, past ? Step::ended : Step::cancelled, now))
            : further_news(*window, *entry, now),
        window);
  }
  for (const MaintenanceEntry* entry : matching.fresh())
    add(first_news(new_key(*entry, known), *entry, now), nullptr);
  return plan;
}

}  // namespace nocturn::notifications
