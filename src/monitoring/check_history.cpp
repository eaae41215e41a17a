#include "monitoring/check_history.h"

#include <algorithm>

#include "monitoring/payload.h"

namespace nocturn::monitoring {
namespace {

constexpr std::size_t kMostEntries = 5'000;
constexpr std::uint64_t kAtOnce = 500;

// Grows by one entry after the other.
class History {
 public:
  explicit History(const inventory::CheckId& check) : check_(check) {}

  Status take(const ledger::Entry& entry) {
    if (entry.event.payload.empty()) return {};
    if (entry.event.type == kVerdictChanged) {
      const VerdictChange change = TRY(change_from(entry.event.payload));
      if (change.check == check_)
        enter(change.after, change.instance, change.evidence.reason,
              std::min(change.since, entry.time));
    } else if (entry.event.type == kCheckRetired) {
      const Retirement retirement = TRY(retirement_from(entry.event.payload));
      if (retirement.check == check_) end(std::min(retirement.at, entry.time));
    } else if (entry.event.type == kWatchResumed) {
      pause(TRY(pause_from(entry.event.payload)));
    }
    return {};
  }
  std::vector<MeasuredInterval> told() && { return std::move(told_); }

 private:
  bool open() const { return !told_.empty() && !told_.back().until; }

  // Ends the open interval; one in which no time passed is as if it had not been.
  void end(WallTime at) {
    if (!open()) return;
    if (at > told_.back().from)
      told_.back().until = at;
    else
      told_.pop_back();
  }

  // Times before what is told already count as that.
  void enter(Verdict verdict, const inventory::InstanceId& instance, std::string reason,
             WallTime at) {
    if (open() && told_.back().verdict == verdict) {
      told_.back().reason = std::move(reason);
      return;
    }
    if (open()) at = std::max(at, told_.back().from);
    end(at);
    if (!told_.empty()) at = std::max(at, *told_.back().until);
    if (!told_.empty() && told_.back().verdict == verdict && told_.back().until == at) {
      told_.back().until.reset();
      told_.back().reason = std::move(reason);
      return;
    }
    told_.push_back({instance, verdict, at, std::nullopt, check_, std::move(reason)});
  }

  void pause(const Pause& pause) {
    if (!open() || told_.back().verdict == Verdict::unknown) return;
    if (told_.back().from >= pause.stopped || pause.resumed <= pause.stopped) return;
    const MeasuredInterval known = told_.back();
    enter(Verdict::unknown, known.instance, {}, pause.stopped);
    enter(known.verdict, known.instance, known.reason, pause.resumed);
  }

  const inventory::CheckId& check_;
  std::vector<MeasuredInterval> told_;
};

// Adds the newest entries of a type about an object, until `enough` says so of one of them.
template <typename Enough>
Status read_back(const ledger::Ledger& ledger, std::string_view type, const std::string& object,
                 std::vector<ledger::Entry>& entries, const Enough& enough) {
  ledger::EntryQuery query{.type = std::string(type), .object = object, .limit = kAtOnce};
  for (std::size_t read = 0; read < kMostEntries;) {
    std::vector<ledger::Entry> found = TRY(ledger.find(query));
    bool done = found.size() < kAtOnce;
    for (ledger::Entry& entry : found) {
      done = done || enough(entry);
      query.before = entry.index;
      entries.push_back(std::move(entry));
    }
    if (done) break;
    read += kAtOnce;
  }
  return {};
}

}  // namespace

Result<std::vector<MeasuredInterval>> check_intervals(const inventory::CheckId& check,
                                                      std::span<const ledger::Entry> entries) {
  History history(check);
  for (const ledger::Entry& entry : entries) TRY_STATUS(history.take(entry));
  return std::move(history).told();
}

Result<std::vector<MeasuredInterval>> newest_check_intervals(const ledger::Ledger& ledger,
                                                             const inventory::InstanceId& instance,
                                                             const inventory::CheckId& check,
                                                             WallTime from, WallTime until,
                                                             std::size_t limit) {
  const std::string object = "instance/" + instance.text();
  const auto earlier = [from](const ledger::Entry& entry) { return entry.time < from; };
  // The verdict that stood at `from` was told before: by a change of this very check.
  const auto stood_then = [&](const ledger::Entry& entry) {
    if (!earlier(entry) || entry.event.payload.empty()) return false;
    const auto change = change_from(entry.event.payload);
    return change && change->check == check;
  };
  std::vector<ledger::Entry> entries;
  TRY_STATUS(read_back(ledger, kVerdictChanged, object, entries, stood_then));
  TRY_STATUS(read_back(ledger, kCheckRetired, object, entries, earlier));
  TRY_STATUS(read_back(ledger, kWatchResumed, "hub", entries, earlier));
  std::ranges::sort(entries, {}, &ledger::Entry::index);

  std::vector<MeasuredInterval> told = TRY(check_intervals(check, entries));
  std::erase_if(told, [&](const MeasuredInterval& interval) {
    return interval.from >= until || (interval.until && *interval.until <= from);
  });
  std::ranges::reverse(told);
  if (told.size() > limit) told.resize(limit);
  return told;
}

}  // namespace nocturn::monitoring
