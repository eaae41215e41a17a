#include <algorithm>

#include "base/time_zone.h"
#include "notifications/newsroom.h"
#include "notifications/records.h"

// From the page to the events that tell of it.
namespace nocturn::notifications {
namespace {

using ledger::Event;

// A day's mail comes at this hour of the recipient's day.
constexpr int kDigestHour = 8;

void sooner(std::optional<WallTime>& one, std::optional<WallTime> other) {
  if (other && (!one || *other < *one)) one = other;
}

WallTime digest_time(const std::string& zone_name, WallTime now) {
  const auto zone = TimeZone::find(zone_name);
  if (!zone) return now + std::chrono::hours(24);
  const auto today = zone->day(now);
  for (const auto day : {today, today + std::chrono::days(1)})
    if (const WallTime time = zone->wall(LocalTime(day) + std::chrono::hours(kDigestHour));
        time > now)
      return time;
  return now + std::chrono::hours(24);
}

std::string zone_of(const Addressee& addressee, const inventory::Cloud& cloud) {
  if (!addressee.recipient.time_zone.empty()) return addressee.recipient.time_zone;
  for (const std::string& id : addressee.instances)
    if (const auto* instance = cloud.find(inventory::InstanceId(id)))
      return cloud.territory_of(*instance).time_zone;
  return "Etc/UTC";
}

std::vector<std::string> instances_of(const OpenNotice& notice) {
  std::vector<std::string> list;
  for (const ToldRow& row : notice.rows) list.push_back(row.instance);
  return list;
}

std::map<std::string, std::string> products_of(const OpenNotice& notice) {
  std::map<std::string, std::string> products;
  for (const ToldRow& row : notice.rows) products[row.instance] = row.product;
  return products;
}

// Writes what one look at the page brings, topic by topic.
class Writing {
 public:
  Writing(store::Reader& reader, const status_page::View& view, const PageNews& news,
          const Clocks& clocks, const std::function<std::string()>& new_id, WallTime now)
      : reader_(reader), view_(view), news_(news), clocks_(clocks), new_id_(new_id), now_(now) {}

  Status write_rows(Topic topic, std::span<const Seen> seen) {
    std::vector<OpenNotice> open = TRY(records::open_notices(reader_, topic));
    const Changes found = changes(topic, seen, open, news_.data_centers, clocks_, now_);
    sooner(again_at_, found.again_at);
    for (const NoticeChange& change : found.notices) {
      const bool opened = change.notice.empty();
      if (opened) open.push_back({.id = NoticeId(new_id_()), .topic = topic, .grown_at = now_});
      const auto notice =
          opened ? std::prev(open.end()) : std::ranges::find(open, change.notice, &OpenNotice::id);
      take(*notice, change, now_);
      events_.push_back(events::notice_changed(*notice, change, opened));
    }
    for (OpenNotice& notice : open) TRY_STATUS(write_tellings(notice));
    return {};
  }

  // The end of notices, to who was in quarantine then: of their rows that are well now. Those that
  // are in trouble again are told of in a notice that goes on.
  Status write_missed() {
    for (const auto& [id, recipients] : TRY(records::missed(reader_))) {
      events_.push_back(events::caught_up(id));
      const auto notice = TRY(records::notice(reader_, id));
      if (!notice || notice->tellings == 0) continue;
      const auto last = TRY(records::telling(reader_, id, notice->tellings));
      Telling end{.notice = id,
                  .number = notice->tellings + 1,
                  .topic = notice->topic,
                  .step = Step::over,
                  .at = now_};
      std::vector<std::string> instances;
      for (const ToldRow& told : last ? last->rows : std::vector<ToldRow>()) {
        ToldRow row = row_on_page(view_, told.instance);
        if (row.name.empty() || row.indicator != status_page::Indicator::normal) continue;
        instances.push_back(row.instance);
        end.rows.push_back(std::move(row));
      }
      if (instances.empty()) continue;
      TRY_STATUS(read_audience());
      auto all = addressees(*audience_, view_.cloud(), notice->topic, instances);
      std::erase_if(all, [&missed = recipients](const Addressee& one) {
        return !missed.contains(one.recipient.id);
      });
      for (Event& event : tell(std::move(end), 0, all, view_.cloud(), ""))
        events_.push_back(std::move(event));
    }
    return {};
  }

  Status write_windows() {
    const auto known = TRY(records::windows(reader_));
    WindowPlan plan = window_plan(view_.cloud().maintenance, known, now_);
    sooner(again_at_, plan.again_at);
    for (WindowNews& news : plan.news) TRY_STATUS(write_window(news));
    return {};
  }

  std::vector<Event> take_events() { return std::move(events_); }
  std::optional<WallTime> again_at() const { return again_at_; }

 private:
  Status read_audience() {
    if (!audience_) audience_ = TRY(records::audience(reader_, now_));
    return {};
  }

  Status write_tellings(OpenNotice& notice) {
    TRY_STATUS(read_audience());
    const auto all = addressees(*audience_, view_.cloud(), notice.topic, instances_of(notice),
                                products_of(notice));
    const auto heard = TRY(records::heard(reader_, notice.id));
    const Tellings due = tellings(notice, all, heard, clocks_, now_);
    sooner(again_at_, due.again_at);
    for (const auto& [step, recipients] : due.now) {
      std::vector<Addressee> some;
      for (const Recipient& recipient : recipients)
        some.push_back(*std::ranges::lower_bound(
            all, recipient.id, {}, [](const Addressee& one) { return one.recipient.id; }));
      add(tell({.notice = notice.id,
                .number = notice.tellings + 1,
                .topic = notice.topic,
                .step = step,
                .at = now_,
                .rows = notice.rows},
               notice.sequence, some, view_.cloud(), ""),
          notice.tellings);
    }
    if (is_over(notice)) events_.push_back(events::notice_closed(notice.id));
    return {};
  }

  Status write_window(WindowNews& news) {
    TRY_STATUS(read_audience());
    std::uint64_t told = 0;
    if (news.window.notice.empty()) {
      news.window.notice = NoticeId(new_id_());
    } else if (const auto notice = TRY(records::notice(reader_, news.window.notice))) {
      told = notice->tellings;
    }
    Telling telling{.notice = news.window.notice,
                    .number = told + 1,
                    .topic = Topic::maintenance,
                    .step = news.step,
                    .at = now_,
                    .title = news.window.title,
                    .window = news.window.window,
                    .old_window = news.old_window};
    for (const std::string& instance : news.instances)
      telling.rows.push_back(row_on_page(view_, instance));
    add(tell(std::move(telling), 0,
             addressees(*audience_, view_.cloud(), Topic::maintenance, news.instances),
             view_.cloud(), ""),
        told);
    events_.push_back(news.forgotten ? events::window_forgotten(news.window)
                                     : events::window_set(news.window));
    return {};
  }

  void add(std::vector<Event> some, std::uint64_t& tellings) {
    tellings += some.size();
    std::ranges::move(some, std::back_inserter(events_));
  }

  store::Reader& reader_;
  const status_page::View& view_;
  const PageNews& news_;
  const Clocks& clocks_;
  const std::function<std::string()>& new_id_;
  const WallTime now_;
  std::optional<Audience> audience_;
  std::vector<Event> events_;
  std::optional<WallTime> again_at_;
};

}  // namespace

std::vector<Event> tell(Telling telling, std::uint64_t sequence,
                        std::span<const Addressee> addressees, const inventory::Cloud& cloud,
                        std::string_view by) {
  std::vector<Event> events;
  std::map<std::string, WallTime> digest_at;  // by zone
  for (std::size_t from = 0; from < addressees.size(); from += events::kMostTold) {
    std::vector<events::Told> some;
    for (const Addressee& one :
         addressees.subspan(from, std::min(events::kMostTold, addressees.size() - from))) {
      WallTime due = telling.at;
      if (one.recipient.digest) {
        const std::string zone = zone_of(one, cloud);
        const auto [found, fresh] = digest_at.try_emplace(zone);
        if (fresh) found->second = digest_time(zone, telling.at);
        due = found->second;
      }
      some.push_back({one.recipient, events::mine_of(telling.rows, one.instances), due});
    }
    events.push_back(events::told(telling, sequence, some, by));
    ++telling.number;
  }
  return events;
}

Result<std::vector<Event>> tidings(store::Reader& reader, const status_page::View& view,
                                   const PageNews& news, const Clocks& clocks,
                                   const std::function<std::string()>& new_id, WallTime now,
                                   std::optional<WallTime>& again_at) {
  Writing writing(reader, view, news, clocks, new_id, now);
  TRY_STATUS(writing.write_rows(Topic::trouble, news.trouble));
  TRY_STATUS(writing.write_rows(Topic::information, news.information));
  TRY_STATUS(writing.write_windows());
  TRY_STATUS(writing.write_missed());
  again_at = writing.again_at();
  return writing.take_events();
}

}  // namespace nocturn::notifications
