#include "monitoring/instance_endpoints.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "monitoring/check_history.h"
#include "monitoring/check_json.h"
#include "monitoring/series_points.h"
#include "monitoring/verdict.h"

namespace nocturn::monitoring {
namespace {

using net::Answer;
using net::Call;
using net::Permission;

constexpr std::int64_t kMostPoints = 500, kUsualPoints = 200;
constexpr Micros kUsualSpan = std::chrono::hours(24);
constexpr Micros kHour = std::chrono::hours(1);
constexpr std::string_view kObject = "instance/{instance}";
// Samples are kept for eight days; a little less, so that none is missed at the edge.
constexpr Micros kSamplesReach = std::chrono::hours(24 * 8 - 1);

struct Found {
  inventory::CloudPtr cloud;  // keeps the check alive
  const inventory::Check* check;
};

Result<Found> find_check(const Desk& desk, const Call& call) {
  const std::string& name = call.path_parameter("check");
  Found found{desk.cloud(), nullptr};
  const inventory::InstanceId id(call.path_parameter("instance"));
  const inventory::Instance* instance = found.cloud->find(id);
  if (instance == nullptr) return fail(ErrorCode::not_found, "no instance is called {}", id.text());
  for (const inventory::Check& check : instance->checks)
    if (check.name == name) found.check = &check;
  if (found.check == nullptr)
    return fail(ErrorCode::not_found, "{} has no check {}", id.text(), name);
  return found;
}

struct Span {
  WallTime from, until;
};

Result<Span> span_of(const Desk& desk, const Call& call, Micros usual) {
  const WallTime until = call.time_parameter("until").value_or(desk.clock->wall());
  const Span span{call.time_parameter("from").value_or(until - usual), until};
  if (span.from >= span.until) return fail(ErrorCode::invalid, "from must be before until");
  return span;
}

std::vector<net::Parameter> span_parameters(std::string_view usual) {
  return {{"from", shape::time(usual)}, {"until", shape::time("Not included; now, if not said.")}};
}

// ---- one check ----

Result<Answer> show_check(const Desk& desk, const Call& call) {
  const Found found = TRY(find_check(desk, call));
  const StandsByCheck stands(desk.monitor->stands());
  const CheckStand& stand = stands.of(found.check->id);
  JsonObject answer = to_json(*found.check, stand);
  answer["observation"] = stand.probed_at == WallTime{} ? Json(nullptr) : Json(to_json(stand.last));
  return Json(std::move(answer));
}

net::EndpointSpec check_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/instances/{instance}/checks/{check}",
                         Permission::read_status, "One check with its newest observation."};
  auto fields = check_fields();
  fields.push_back({"observation", observation_shape().or_null()});
  spec.response = shape::object("CheckWithObservation", "A check and what its last probe saw.",
                                std::move(fields));
  spec.object = kObject;
  return spec;
}

// ---- its series ----

Json mean(Micros sum, std::uint64_t count) {
  return count == 0 ? Json(nullptr) : Json(sum.count() / static_cast<std::int64_t>(count));
}

JsonObject to_json(const SeriesPoint& point) {
  const auto taken = [&](Micros value) {
    return point.passed == 0 ? Json(nullptr) : Json(value.count());
  };
  const auto phase = [&](std::size_t index) {
    return mean(point.phases[index].sum, point.phases[index].count);
  };
  return {{"at", to_rfc3339(point.at)},
          {"count", point.passed + point.failed + point.cannot_tell},
          {"failed", point.failed},
          {"cannot_tell", point.cannot_tell},
          {"mean_us", mean(point.took.sum(), point.passed)},
          {"p95_us", taken(point.took.quantile(0.95))},
          {"max_us", taken(point.took.largest())},
          {"phases",
           {{"resolve_us", phase(0)},
            {"connect_us", phase(1)},
            {"tls_us", phase(2)},
            {"first_byte_us", phase(3)},
            {"transfer_us", phase(4)}}}};
}

Result<std::vector<SeriesPoint>> read_points(const Desk& desk, const std::string& name,
                                             const Span& span, Micros width) {
  if (width < kHour)
    return series_points({}, TRY(desk.series->samples(name, span.from, span.until)), width);
  const auto hours = TRY(desk.series->rollups(name, span.from, span.until));
  // What no finished hour covers yet comes from the samples.
  WallTime rest = std::max(span.from, desk.clock->wall() - kSamplesReach);
  if (!hours.empty()) rest = std::max(rest, hours.back().hour + kHour);
  std::vector<series::Sample> samples;
  if (rest < span.until) samples = TRY(desk.series->samples(name, rest, span.until));
  return series_points(hours, samples, width);
}

Result<Answer> show_series(const Desk& desk, const Call& call) {
  const Found found = TRY(find_check(desk, call));
  const Span span = TRY(span_of(desk, call, kUsualSpan));
  const std::int64_t most = call.integer_parameter("points").value_or(kUsualPoints);
  Micros width = point_width(span.from, span.until, most);
  if (span.from < desk.clock->wall() - kSamplesReach) width = std::max(width, kHour);
  JsonArray points;
  for (const SeriesPoint& point : TRY(read_points(desk, found.check->id.text(), span, width)))
    points.push_back(to_json(point));
  return Json{{"width_us", width.count()}, {"points", std::move(points)}};
}

net::EndpointSpec series_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/instances/{instance}/checks/{check}/series",
                         Permission::read_status,
                         "What the check's probes found and took, in points to be drawn."};
  const auto took = [](std::string_view about) { return shape::integer(about, 0).or_null(); };
  const Shape point = shape::object(
      "SeriesPoint", "A stretch of time; null where nothing passed, or is not kept any more.",
      {{"at", shape::time("Its start.")},
       {"count", shape::integer("How many probes.", 0)},
       {"failed", shape::integer("Of them, failed.", 0)},
       {"cannot_tell", shape::integer("Of them, by the prober's own fault.", 0)},
       {"mean_us", took("What passed took on average, in microseconds.")},
       {"p95_us", took("What 95 of 100 did not exceed, to a sixteenth of it.")},
       {"max_us", took("The longest.")},
       {"phases", phases_shape()}});
  spec.response =
      shape::object("Series", "Points by time; stretches without a probe have none.",
                    {{"width_us", shape::integer("Of a point's stretch, in microseconds.", 1)},
                     {"points", shape::list("The points.", point, kMostPoints)}});
  spec.query = span_parameters("A day before until, if not said.");
  spec.query.push_back({"points", shape::integer("How many at most.", 3, kMostPoints)});
  spec.object = kObject;
  return spec;
}

// ---- verdicts of the instance, and of one check ----

// The cursor of a page of verdicts is the start of its last one, in microseconds.
Result<WallTime> start_in(const std::string& cursor) {
  std::int64_t micros = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), micros);
  if (error != std::errc() || end != cursor.data() + cursor.size())
    return fail(ErrorCode::invalid, "cursor is none that this list gave out");
  return WallTime(Micros(micros));
}

JsonObject to_json(const MeasuredInterval& interval, const Explanation& why) {
  return {{"check", interval.check.empty() ? Json(nullptr) : Json(interval.check.text())},
          {"layer", why.layer ? Json(name_of(*why.layer)) : Json(nullptr)},
          {"verdict", name_of(interval.verdict)},
          {"from", to_rfc3339(interval.from)},
          {"until", interval.until ? Json(to_rfc3339(*interval.until)) : Json(nullptr)},
          {"reason", interval.reason},
          {"saw", why.saw},
          {"more", static_cast<std::int64_t>(why.more)}};
}

// What to read for a page: one more than fits tells that there is another.
struct Wanted {
  Span span;
  std::size_t limit;
};

Result<Wanted> wanted_of(const Desk& desk, const Call& call) {
  const net::PageRequest page = TRY(net::page_of(call));
  Wanted wanted{TRY(span_of(desk, call, std::chrono::days(90))), page.limit};
  if (!page.after.empty())
    wanted.span.until = std::min(wanted.span.until, TRY(start_in(page.after)));
  return wanted;
}

template <typename Explain>
Json page_of_verdicts(std::vector<MeasuredInterval> intervals, std::size_t limit,
                      const Explain& explain) {
  Json next = nullptr;
  if (intervals.size() > limit) {
    intervals.resize(limit);
    next = net::cursor_after(std::to_string(intervals.back().from.time_since_epoch().count()));
  }
  JsonArray verdicts;
  for (const MeasuredInterval& interval : intervals)
    verdicts.push_back(to_json(interval, explain(interval)));
  return Json{{"verdicts", std::move(verdicts)}, {"next", std::move(next)}};
}

Result<Answer> list_verdicts(const Desk& desk, const Call& call) {
  const inventory::InstanceId instance(call.path_parameter("instance"));
  if (desk.cloud()->find(instance) == nullptr)
    return fail(ErrorCode::not_found, "no instance is called {}", instance.text());
  const Wanted wanted = TRY(wanted_of(desk, call));
  std::vector<MeasuredInterval> intervals;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    intervals = TRY(
        newest_intervals(reader, instance, wanted.span.from, wanted.span.until, wanted.limit + 1));
    return {};
  }));
  return page_of_verdicts(std::move(intervals), wanted.limit, [](const MeasuredInterval& one) {
    return explanation_of(one.check, one.reason);
  });
}

Result<Answer> list_check_verdicts(const Desk& desk, const Call& call) {
  const Found found = TRY(find_check(desk, call));
  const Wanted wanted = TRY(wanted_of(desk, call));
  auto intervals = TRY(newest_check_intervals(
      *desk.ledger, inventory::InstanceId(call.path_parameter("instance")), found.check->id,
      wanted.span.from, wanted.span.until, wanted.limit + 1));
  return page_of_verdicts(std::move(intervals), wanted.limit, [&](const MeasuredInterval& one) {
    return Explanation{.layer = found.check->layer, .saw = one.reason, .more = 0};
  });
}

void answers_with_verdicts(net::EndpointSpec& spec) {
  const Shape verdict = shape::object(
      "VerdictInterval", "A time in which an instance, or one of its checks, was in one state.",
      {{"check", shape::text("Which explains it; null when normal.").or_null()},
       {"verdict", verdict_shape("The state.")},
       {"from", shape::time("Its start.")},
       {"until", shape::time("Its end; null while it lasts.").or_null()},
       {"layer", layer_shape("Of that check; null when there is none.").or_null()},
       {"reason", shape::text("One line, as it was recorded; empty when normal.")},
       {"saw", shape::text("Of that line, what the check saw.")},
       {"more", shape::integer("How many more checks were as bad.", 0)}});
  spec.response =
      shape::object("VerdictTimeline", "A page of measured states.",
                    {{"verdicts", shape::list("Newest first.", verdict)}, net::next_field()});
  spec.query = span_parameters("90 days before until, if not said.");
  for (net::Parameter& parameter : net::page_parameters())
    spec.query.push_back(std::move(parameter));
  spec.object = kObject;
}

net::EndpointSpec verdicts_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/instances/{instance}/verdicts", Permission::read_status,
                         "The measured states of an instance, newest first."};
  answers_with_verdicts(spec);
  return spec;
}

net::EndpointSpec check_verdicts_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/instances/{instance}/checks/{check}/verdicts",
                         Permission::read_status, "The verdicts of one check, newest first."};
  answers_with_verdicts(spec);
  return spec;
}

}  // namespace

std::vector<net::Endpoint> instance_endpoints(const Desk& desk) {
  return {
      {check_spec(), [desk](const Call& call) { return show_check(desk, call); }},
      {series_spec(), [desk](const Call& call) { return show_series(desk, call); }},
      {check_verdicts_spec(), [desk](const Call& call) { return list_check_verdicts(desk, call); }},
      {verdicts_spec(), [desk](const Call& call) { return list_verdicts(desk, call); }}};
}

}  // namespace nocturn::monitoring
