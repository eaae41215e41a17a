#include "notifications/grouping.h"

#include <algorithm>
#include <set>

namespace nocturn::notifications {
namespace {

using status_page::Indicator;

std::optional<WallTime> earlier(std::optional<WallTime> one, std::optional<WallTime> other) {
  if (!one) return other;
  if (!other) return one;
  return std::min(*one, *other);
}

// Nothing more will be told of it as it is.
bool is_done(const ToldRow& row) { return row.indicator == Indicator::normal && row.changes == 0; }

const ToldRow* find(const OpenNotice& notice, std::string_view instance) {
  const auto found = std::ranges::lower_bound(notice.rows, instance, {}, &ToldRow::instance);
  return found != notice.rows.end() && found->instance == instance ? &*found : nullptr;
}

// The notice that has the row in trouble; a row that is normal again stays only in the notices'
// own account of it, and may begin anew elsewhere.
const OpenNotice* holder_of(std::span<const OpenNotice> open, std::string_view instance) {
  const OpenNotice* holder = nullptr;
  for (const OpenNotice& notice : open)
    if (find(notice, instance) != nullptr) holder = &notice;  // the newest one
  return holder;
}

std::set<std::string> places_of(const OpenNotice& notice,
                                const std::map<std::string, std::string>& data_centers) {
  std::set<std::string> places;
  for (const ToldRow& row : notice.rows)
    if (const auto found = data_centers.find(row.instance); found != data_centers.end())
      places.insert(found->second);
  return places;
}

// Decides for each row that began: the newest notice that it belongs to, or none.
class Joining {
 public:
  Joining(std::span<const OpenNotice> open, const std::map<std::string, std::string>& data_centers,
          const Clocks& clocks, WallTime now) {
    for (const OpenNotice& notice : open) {
      std::set<std::string> places = places_of(notice, data_centers);
      const Micros age = now - notice.grown_at;
      const bool wide = places.size() > 1;
      if (age <= (wide ? clocks.join_wide : clocks.join))
        candidates_.push_back({&notice, std::move(places), wide});
    }
  }

  const OpenNotice* place_for(const Seen& row) const {
    const OpenNotice* best = nullptr;
    for (const Candidate& one : candidates_)
      if (one.wide || one.places.contains(row.data_center)) best = one.notice;
    return best;
  }

 private:
  struct Candidate {
    const OpenNotice* notice;
    std::set<std::string> places;
    bool wide;
  };
  std::vector<Candidate> candidates_;
};

// Judges rows at one moment, and remembers when to look again at those that are not calm.
class Judge {
 public:
  Judge(const Clocks& clocks, WallTime now) : clocks_(clocks), now_(now) {}

  ToldRow begin(const Seen& row) { return told(row, row.since); }

  // What there is to say of a row that a notice has; nothing when it is as told.
  std::optional<ToldRow> difference(const ToldRow& before, const Seen& row) {
    if (!row.watched) {  // nothing will calm it
      if (is_done(before)) return std::nullopt;
      return told(row, before.trouble_since);
    }
    if (before.changes > 0) {  // told as unstable already
      if (is_calm(row)) return told(row, before.trouble_since);
      look_again_at(row);
      return std::nullopt;
    }
    if (before.indicator == *row.indicator && before.because == row.because) return std::nullopt;
    return told(row, before.trouble_since);
  }

  // A row that is there no more.
  std::optional<ToldRow> farewell(const ToldRow& before) {
    return difference(before, {.instance = before.instance,
                               .name = before.name,
                               .product = before.product,
                               .indicator = Indicator::normal,
                               .since = now_,
                               .watched = false});
  }

  std::optional<WallTime> again_at() const { return again_at_; }

 private:
  bool is_calm(const Seen& row) const { return now_ - row.since >= clocks_.calm; }
  void look_again_at(const Seen& row) { again_at_ = earlier(again_at_, row.since + clocks_.calm); }

  ToldRow told(const Seen& row, WallTime trouble_since) {
    const bool unstable = row.watched && row.changes >= clocks_.unstable_changes && !is_calm(row);
    if (unstable) look_again_at(row);
    return {.instance = row.instance,
            .name = row.name,
            .product = row.product,
            .indicator = *row.indicator,
            .watched = row.watched,
            .since = row.since,
            .trouble_since = trouble_since,
            .because = row.because,
            .changes = unstable ? row.changes : 0};
  }

  const Clocks& clocks_;
  const WallTime now_;
  std::optional<WallTime> again_at_;
};

}  // namespace

Changes changes(Topic topic, std::span<const Seen> seen, std::span<const OpenNotice> open,
                const std::map<std::string, std::string>& data_centers, const Clocks& clocks,
                WallTime now) {
  const Joining joining(open, data_centers, clocks, now);
  std::map<NoticeId, NoticeChange> found;  // by notice; the empty id: a new one
  Judge judge(clocks, now);
  for (const Seen& row : seen) {
    if (!row.indicator) continue;
    const OpenNotice* holder = holder_of(open, row.instance);
    std::optional<ToldRow> change;
    if (holder != nullptr) {
      change = judge.difference(*find(*holder, row.instance), row);
    } else if (*row.indicator != Indicator::normal) {
      change = judge.begin(row);
      holder = joining.place_for(row);
    }
    if (!change) continue;
    NoticeChange& notice = found[holder == nullptr ? NoticeId() : holder->id];
    notice.rows.push_back(*std::move(change));
  }
  for (const OpenNotice& notice : open)
    for (const ToldRow& row : notice.rows)
      if (!std::ranges::binary_search(seen, row.instance, {}, &Seen::instance))
        if (auto change = judge.farewell(row)) found[notice.id].rows.push_back(*std::move(change));
  Changes result{.again_at = judge.again_at()};
  for (auto& [id, change] : found) {
    change.notice = id;
    change.topic = topic;
    result.notices.push_back(std::move(change));
  }
  return result;
}

void take(OpenNotice& notice, const NoticeChange& change, WallTime now) {
  for (ToldRow row : change.rows) {
    row.sequence = ++notice.sequence;
    const auto place = std::ranges::lower_bound(notice.rows, row.instance, {}, &ToldRow::instance);
    if (place != notice.rows.end() && place->instance == row.instance) {
      *place = std::move(row);
    } else {
      notice.rows.insert(place, std::move(row));
      notice.grown_at = now;
    }
  }
}

bool is_over(const OpenNotice& notice) { return std::ranges::all_of(notice.rows, is_done); }

Tellings tellings(const OpenNotice& notice, std::span<const Addressee> addressees,
                  const std::map<RecipientId, Heard>& heard, const Clocks& clocks, WallTime now) {
  Tellings result;
  for (const Addressee& addressee : addressees) {
    std::uint64_t newest = 0;
    bool over = true, unstable = false, recovery = true;
    WallTime first = now;  // when the changes that are not known yet began
    const auto before = heard.find(addressee.recipient.id);
    const std::uint64_t known = before == heard.end() ? 0 : before->second.sequence;
    for (const std::string& instance : addressee.instances) {
      const ToldRow* row = find(notice, instance);
      if (row == nullptr) continue;
      newest = std::max(newest, row->sequence);
      over = over && is_done(*row);
      if (row->sequence <= known) continue;
      unstable = unstable || row->changes > 0;
      recovery = recovery && is_done(*row);
      first = row->since > now ? WallTime() : std::min(first, row->since);
    }
    if (newest <= known) continue;
    if (before == heard.end()) {
      if (!over) result.now[unstable ? Step::unstable : Step::began].push_back(addressee.recipient);
      continue;  // what came and went before it could be told is not told
    }
    // What was heard or began in a time to come: the clock was set back, and nobody waits for that
    // time to come round again.
    const WallTime heard_at = before->second.at;
    WallTime due = heard_at > now ? now : heard_at + clocks.interval;
    if (recovery) due = std::max(due, first + clocks.interval);
    if (over || due <= now)
      result.now[over       ? Step::over
                 : unstable ? Step::unstable
                            : Step::changed]
          .push_back(addressee.recipient);
    else
      result.again_at = earlier(result.again_at, due);
  }
  return result;
}

}  // namespace nocturn::notifications
