#include <algorithm>
#include <optional>
#include <tuple>

#include "monitoring/monitoring.h"
#include "monitoring/payload.h"
#include "monitoring/verdict.h"

// Tables of monitoring: the newest verdict of every check, and the measured intervals of every
// instance. Intervals of an instance follow on one another without gap, never overlap, are never
// empty, and differ in verdict from the one before.
namespace nocturn::monitoring {
namespace {

constexpr store::Migration kMigrations[] = {
    {1, "verdicts",
     "CREATE TABLE monitoring_verdicts ("
     " check_id TEXT PRIMARY KEY,"
     " instance TEXT NOT NULL,"
     " layer TEXT NOT NULL,"
     " verdict TEXT NOT NULL,"
     " reason TEXT NOT NULL,"
     " payload TEXT NOT NULL) STRICT;"  // of the event: with the evidence
     "CREATE INDEX monitoring_verdicts_by_instance ON monitoring_verdicts (instance);"
     "CREATE TABLE monitoring_intervals ("
     " instance TEXT NOT NULL,"
     " start INTEGER NOT NULL,"
     " finish INTEGER,"  // null while it lasts
     " verdict TEXT NOT NULL,"
     " check_id TEXT NOT NULL,"  // which explains it, or empty
     " reason TEXT NOT NULL,"
     " PRIMARY KEY (instance, start)) STRICT;"
     "CREATE INDEX monitoring_intervals_by_finish ON monitoring_intervals (finish)"}};

std::int64_t micros(WallTime time) { return time.time_since_epoch().count(); }
WallTime wall(std::int64_t micros) { return WallTime(Micros(micros)); }

std::unexpected<Error> unknown_word(std::string_view word) {
  return fail(ErrorCode::corrupt, "monitoring tables: \"{}\" is no known word", word);
}

struct Interval {
  std::int64_t start = 0;
  std::optional<std::int64_t> finish;
  std::string verdict;
};

// The newest interval of the instance, open or not.
Result<std::optional<Interval>> newest_interval(store::Reader& reader,
                                                const inventory::InstanceId& instance) {
  return reader.first(
      "SELECT start, finish, verdict FROM monitoring_intervals WHERE instance = ?"
      " ORDER BY start DESC LIMIT 1",
      {std::string_view(instance.text())}, [](const store::Row& row) {
        return Interval{row.integer(0),
                        row.is_null(1) ? std::nullopt : std::optional(row.integer(1)),
                        std::string(row.text(2))};
      });
}

Status finish_interval(store::Transaction& transaction, const inventory::InstanceId& instance,
                       std::int64_t start, std::optional<std::int64_t> finish) {
  const store::Parameter end =
      finish ? store::Parameter(*finish) : store::Parameter(std::monostate{});
  TRY_STATUS(transaction.execute(
      "UPDATE monitoring_intervals SET finish = ? WHERE instance = ? AND start = ?",
      {end, std::string_view(instance.text()), start}));
  return {};
}

Status drop_interval(store::Transaction& transaction, const inventory::InstanceId& instance,
                     std::int64_t start) {
  TRY_STATUS(
      transaction.execute("DELETE FROM monitoring_intervals WHERE instance = ? AND start = ?",
                          {std::string_view(instance.text()), start}));
  return {};
}

Status explain_interval(store::Transaction& transaction, const inventory::InstanceId& instance,
                        std::int64_t start, const InstanceVerdict& verdict) {
  TRY_STATUS(transaction.execute(
      "UPDATE monitoring_intervals SET check_id = ?, reason = ? WHERE instance = ? AND start = ?",
      {std::string_view(verdict.check.text()), std::string_view(verdict.reason),
       std::string_view(instance.text()), start}));
  return {};
}

Status insert_interval(store::Transaction& transaction, const inventory::InstanceId& instance,
                       std::int64_t start, const InstanceVerdict& verdict) {
  TRY_STATUS(transaction.execute(
      "INSERT INTO monitoring_intervals (instance, start, finish, verdict, check_id, reason)"
      " VALUES (?, ?, NULL, ?, ?, ?)",
      {std::string_view(instance.text()), start, name_of(verdict.verdict),
       std::string_view(verdict.check.text()), std::string_view(verdict.reason)}));
  return {};
}

Result<std::vector<CheckVerdict>> verdicts_of(store::Reader& reader,
                                              const inventory::InstanceId& instance) {
  std::vector<CheckVerdict> checks;
  Status readable;
  TRY_STATUS(reader.query(
      "SELECT check_id, layer, verdict, reason FROM monitoring_verdicts WHERE instance = ?"
      " ORDER BY check_id",
      {std::string_view(instance.text())}, [&](const store::Row& row) {
        const auto layer = layer_from(row.text(1));
        const auto verdict = verdict_from(row.text(2));
        if (!layer) readable = unknown_word(row.text(1));
        if (!verdict) readable = unknown_word(row.text(2));
        if (!layer || !verdict) return;
        checks.push_back({inventory::CheckId(std::string(row.text(0))), *layer, *verdict,
                          std::string(row.text(3))});
      }));
  if (!readable) return std::unexpected(std::move(readable).error());
  return checks;
}

// Ends the open interval where there are no more checks.
Status end_interval(store::Transaction& transaction, const inventory::InstanceId& instance,
                    std::int64_t at) {
  const auto newest = TRY(newest_interval(transaction, instance));
  if (!newest || newest->finish) return {};
  if (at <= newest->start) return drop_interval(transaction, instance, newest->start);
  return finish_interval(transaction, instance, newest->start, at);
}

// The instance is in this state since `at`; times before what is recorded already count as that.
Status enter_state(store::Transaction& transaction, const inventory::InstanceId& instance,
                   const InstanceVerdict& verdict, std::int64_t at) {
  auto newest = TRY(newest_interval(transaction, instance));
  if (newest && !newest->finish) {
    if (newest->verdict == name_of(verdict.verdict))
      return explain_interval(transaction, instance, newest->start, verdict);
    if (at > newest->start) {
      TRY_STATUS(finish_interval(transaction, instance, newest->start, at));
      return insert_interval(transaction, instance, at, verdict);
    }
    // It changed again before any time passed: as if the state between had not been.
    at = newest->start;
    TRY_STATUS(drop_interval(transaction, instance, newest->start));
    newest = TRY(newest_interval(transaction, instance));
  }
  if (newest) at = std::max(at, *newest->finish);
  if (newest && at == *newest->finish && newest->verdict == name_of(verdict.verdict)) {
    TRY_STATUS(finish_interval(transaction, instance, newest->start, std::nullopt));
    return explain_interval(transaction, instance, newest->start, verdict);
  }
  return insert_interval(transaction, instance, at, verdict);
}

Status measure_again(store::Transaction& transaction, const inventory::InstanceId& instance,
                     WallTime since, const ledger::Entry& entry) {
  const std::int64_t at = micros(std::min(since, entry.time));
  const auto checks = TRY(verdicts_of(transaction, instance));
  if (checks.empty()) return end_interval(transaction, instance, at);
  return enter_state(transaction, instance, combine(checks), at);
}

Status apply_change(store::Transaction& transaction, const ledger::Entry& entry) {
  const VerdictChange change = TRY(change_from(entry.event.payload));
  TRY_STATUS(transaction.execute(
      "INSERT INTO monitoring_verdicts (check_id, instance, layer, verdict, reason, payload)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (check_id) DO UPDATE SET"
      " instance = excluded.instance, layer = excluded.layer, verdict = excluded.verdict,"
      " reason = excluded.reason, payload = excluded.payload",
      {std::string_view(change.check.text()), std::string_view(change.instance.text()),
       name_of(change.layer), name_of(change.after), std::string_view(change.evidence.reason),
       std::string_view(entry.event.payload)}));
  return measure_again(transaction, change.instance, change.since, entry);
}

Status apply_retirement(store::Transaction& transaction, const ledger::Entry& entry) {
  const Retirement retirement = TRY(retirement_from(entry.event.payload));
  TRY_STATUS(transaction.execute("DELETE FROM monitoring_verdicts WHERE check_id = ?",
                                 {std::string_view(retirement.check.text())}));
  return measure_again(transaction, retirement.instance, retirement.at, entry);
}

// Open intervals end where the watch stopped; the time until it went on is unknown; what was known
// then goes on, until the first probes say otherwise.
Status apply_pause(store::Transaction& transaction, const ledger::Entry& entry) {
  const Pause pause = TRY(pause_from(entry.event.payload));
  const std::int64_t stopped = micros(pause.stopped), resumed = micros(pause.resumed);
  if (resumed <= stopped) return {};
  struct Open {
    inventory::InstanceId instance;
    std::int64_t start;
  };
  std::vector<Open> open;
  TRY_STATUS(transaction.query(
      "SELECT instance, start FROM monitoring_intervals"
      " WHERE finish IS NULL AND start < ? AND verdict <> ? ORDER BY instance",
      {stopped, name_of(Verdict::unknown)}, [&](const store::Row& row) {
        open.push_back({inventory::InstanceId(std::string(row.text(0))), row.integer(1)});
      }));
  const InstanceVerdict unwatched{.verdict = Verdict::unknown, .check = {}, .reason = {}};
  for (const Open& interval : open) {
    TRY_STATUS(finish_interval(transaction, interval.instance, interval.start, stopped));
    TRY_STATUS(insert_interval(transaction, interval.instance, stopped, unwatched));
    const auto checks = TRY(verdicts_of(transaction, interval.instance));
    TRY_STATUS(enter_state(transaction, interval.instance, combine(checks), resumed));
  }
  return {};
}

}  // namespace

ledger::Event watch_resumed(WallTime stopped, WallTime resumed) {
  return {std::string(kWatchResumed), "hub", to_payload(Pause{stopped, resumed})};
}

ledger::Event to_event(const VerdictChange& change) {
  return {std::string(kVerdictChanged), "instance/" + change.instance.text(), to_payload(change)};
}

Result<std::vector<ledger::Event>> retirements(store::Reader& reader, const inventory::Cloud& cloud,
                                               WallTime now) {
  const auto watched = [&](const inventory::InstanceId& instance, const inventory::CheckId& check) {
    const auto found = cloud.instances.find(instance);
    if (found == cloud.instances.end()) return false;
    return std::ranges::find(found->second.checks, check, &inventory::Check::id) !=
           found->second.checks.end();
  };
  std::vector<ledger::Event> events;
  TRY_STATUS(reader.query("SELECT check_id, instance FROM monitoring_verdicts ORDER BY check_id",
                          {}, [&](const store::Row& row) {
                            const inventory::CheckId check{std::string(row.text(0))};
                            const inventory::InstanceId instance{std::string(row.text(1))};
                            if (watched(instance, check)) return;
                            events.push_back({std::string(kCheckRetired),
                                              "instance/" + instance.text(),
                                              to_payload(Retirement{check, instance, now})});
                          }));
  return events;
}

Status apply(store::Transaction& transaction, const ledger::Entry& entry) {
  if (entry.event.payload.empty()) return {};  // erased: what it said is not known any more
  if (entry.event.type == kVerdictChanged) return apply_change(transaction, entry);
  if (entry.event.type == kCheckRetired) return apply_retirement(transaction, entry);
  if (entry.event.type == kWatchResumed) return apply_pause(transaction, entry);
  return {};
}

std::span<const store::Migration> migrations() { return kMigrations; }

Result<std::vector<VerdictChange>> recorded_verdicts(store::Reader& reader) {
  std::vector<std::string> payloads;
  TRY_STATUS(reader.query("SELECT payload FROM monitoring_verdicts ORDER BY check_id", {},
                          [&](const store::Row& row) { payloads.emplace_back(row.text(0)); }));
  std::vector<VerdictChange> changes;
  changes.reserve(payloads.size());
  for (const std::string& payload : payloads) changes.push_back(TRY(change_from(payload)));
  return changes;
}

namespace {

// Collects rows of "instance, start, finish, verdict, check_id, reason".
class IntervalRows {
 public:
  void operator()(const store::Row& row) {
    const auto verdict = verdict_from(row.text(3));
    if (!verdict) {
      readable_ = unknown_word(row.text(3));
      return;
    }
    found_.push_back({inventory::InstanceId(std::string(row.text(0))), *verdict,
                      wall(row.integer(1)),
                      row.is_null(2) ? std::nullopt : std::optional(wall(row.integer(2))),
                      inventory::CheckId(std::string(row.text(4))), std::string(row.text(5))});
  }
  Result<std::vector<MeasuredInterval>> take() {
    if (!readable_) return std::unexpected(std::move(readable_).error());
    return std::move(found_);
  }

 private:
  std::vector<MeasuredInterval> found_;
  Status readable_;
};

}  // namespace

Result<std::vector<MeasuredInterval>> measured_intervals(store::Reader& reader, WallTime from,
                                                         WallTime until) {
  IntervalRows rows;
  TRY_STATUS(reader.query(
      "SELECT instance, start, finish, verdict, check_id, reason FROM monitoring_intervals"
      " WHERE start < ? AND (finish IS NULL OR finish > ?)",
      {micros(until), micros(from)}, std::ref(rows)));
  auto intervals = TRY(rows.take());
  // Here rather than in SQL, where the order of texts depends on the database's locale.
  std::ranges::sort(intervals, [](const MeasuredInterval& left, const MeasuredInterval& right) {
    return std::tie(left.instance, left.from) < std::tie(right.instance, right.from);
  });
  return intervals;
}

Result<std::vector<MeasuredInterval>> newest_intervals(store::Reader& reader,
                                                       const inventory::InstanceId& instance,
                                                       WallTime from, WallTime until,
                                                       std::size_t limit) {
  IntervalRows rows;
  TRY_STATUS(reader.query(
      "SELECT instance, start, finish, verdict, check_id, reason FROM monitoring_intervals"
      " WHERE instance = ? AND start < ? AND (finish IS NULL OR finish > ?)"
      " ORDER BY start DESC LIMIT ?",
      {std::string_view(instance.text()), micros(until), micros(from),
       static_cast<std::int64_t>(limit)},
      std::ref(rows)));
  return rows.take();
}

}  // namespace nocturn::monitoring
