#include <algorithm>

#include <boost/json.hpp>

#include "base/json_time.h"
#include "net/paging.h"
#include "notifications/endpoint_tables.h"
#include "notifications/records.h"
#include "notifications/telling_json.h"

// What was told, and what became of it.
namespace nocturn::notifications {
namespace {

using net::Call;
using net::Permission;

constexpr std::string_view kStates[] = {"queued",   "sent",      "refused",
                                        "given_up", "withdrawn", "bounced"};

// How many of the affected instances a notice names in a list.
constexpr std::size_t kMostNamed = 5;

// A notice with what it is about now; of one that is over, what was told last.
struct Shown {
  records::NoticeSummary notice;
  std::optional<Telling> latest = {};
  std::vector<ToldRow> rows = {};
};

Result<Shown> shown(store::Reader& reader, records::NoticeSummary notice) {
  Shown one{.notice = std::move(notice)};
  if (one.notice.tellings > 0)
    one.latest = TRY(records::telling(reader, one.notice.id, one.notice.tellings));
  one.rows = TRY(records::rows(reader, one.notice.id));
  if (one.rows.empty() && one.latest) one.rows = one.latest->rows;
  return one;
}

Json json_of(const Shown& shown) {
  const records::NoticeSummary& notice = shown.notice;
  JsonArray named;
  for (const ToldRow& row : shown.rows)
    if (named.size() < kMostNamed) named.emplace_back(row.instance);
  const auto worst = std::ranges::max_element(shown.rows, {}, &ToldRow::indicator);
  Json latest = nullptr;
  if (shown.latest)
    latest = Json{{"step", name_of(shown.latest->step)},
                  {"at", to_rfc3339(shown.latest->at)},
                  {"title", shown.latest->title}};
  JsonObject deliveries;
  for (const std::string_view state : kStates) deliveries[state] = 0;
  for (const auto& [state, count] : notice.deliveries) deliveries[name_of(state)] = count;
  return {
      {"id", notice.id.text()},
      {"topic", name_of(notice.topic)},
      {"opened_at", to_rfc3339(notice.opened_at)},
      {"closed_at", time_or_null(notice.closed_at)},
      {"tellings", notice.tellings},
      {"latest", std::move(latest)},
      {"indicator", worst == shown.rows.end() ? Json(nullptr) : Json(name_of(worst->indicator))},
      {"affected", shown.rows.size()},
      {"instances", std::move(named)},
      {"deliveries", std::move(deliveries)}};
}

Json json_of(const records::StoredTelling& told) {
  JsonObject json = to_json(told.telling).as_object();
  json["recipients"] = told.recipients;
  json["entry"] = told.entry;
  return json;
}

// `to`: nothing when nobody is known by that id any more.
Json json_of(const records::StoredDelivery& stored, const std::optional<Recipient>& to,
             bool addressed) {
  const Delivery& one = stored.delivery;
  return {{"id", std::to_string(one.id)},
          {"number", one.number},
          {"recipient", one.recipient.text()},
          {"known", to.has_value()},
          {"address", to && addressed ? to->address : ""},
          {"institution", to ? to->institution : ""},
          {"contact", to && to->contact},
          {"channel", one.channel},
          {"state", name_of(one.state)},
          {"queued_at", to_rfc3339(one.queued_at)},
          {"due", to_rfc3339(one.due)},
          {"settled_at", time_or_null(one.settled_at)},
          {"tries", stored.tries},
          {"said", one.said}};
}

Shape topic_shape() {
  return shape::choice("What it is about.", {"trouble", "maintenance", "information", "analysis"});
}

Shape indicator_shape(std::string_view about) {
  return shape::choice(about,
                       {"normal", "information", "maintenance", "performance", "interruption"});
}

Shape notice_shape() {
  std::vector<Shape::Field> counts;
  for (const std::string_view state : kStates)
    counts.push_back({state, shape::integer("So many deliveries are in this state.", 0)});
  return shape::object(
      "Notice", "One thread of news about one cause.",
      {{"id", shape::text("Its id.")},
       {"topic", topic_shape()},
       {"opened_at", shape::time("When it began.")},
       {"closed_at", shape::time("When it was over; null: it goes on.").or_null()},
       {"tellings", shape::integer("How often something was told.", 0)},
       {"latest",
        shape::object("LatestTelling", "What was told last; null: nobody was told anything.",
                      {{"step", shape::text("What happened.")},
                       {"at", shape::time("When.")},
                       {"title", shape::text("Of a maintenance or a note; may be empty.")}})
            .or_null()},
       {"indicator", indicator_shape("The worst of what it is about; null: nothing.").or_null()},
       {"affected", shape::integer("So many instances it is about.", 0)},
       {"instances", shape::list("The first five of them.", shape::text("An id."))},
       {"deliveries",
        shape::object("DeliveryCounts", "What became of its deliveries.", std::move(counts))}});
}

Shape window_shape(std::string_view about) {
  return shape::object("NoticeWindow", about,
                       {{"from", shape::time("Its start.")}, {"until", shape::time("Its end.")}})
      .or_null();
}

Shape row_shape() {
  return shape::object(
      "ToldRow", "What was told of an instance.",
      {{"instance", shape::text("Its id.")},
       {"name", shape::text("Its name then; empty where it was not kept.")},
       {"product", shape::text("Id of its product then; empty where it was not kept.")},
       {"watched", shape::boolean("False: it left the cloud, or its checks did.")},
       {"indicator", indicator_shape("What the page showed.")},
       {"since", shape::time("Since when it did.")},
       {"trouble_since", shape::time("When its trouble in this notice began.")},
       {"because", shape::text("The declaration's words; may be empty.")},
       {"changes", shape::integer("Within the last hour, of an unstable row; else 0.", 0)},
       {"sequence", shape::integer("Of its last change within the notice.", 0)}});
}

Shape telling_shape() {
  return shape::object(
      "Telling", "What was told at one time.",
      {{"notice", shape::text("The notice's id.")},
       {"number", shape::integer("Within the notice, from 1.", 1)},
       {"topic", topic_shape()},
       {"step", shape::text("What happened: began, changed, over, note and others.")},
       {"at", shape::time("When.")},
       {"rows", shape::list("By instance.", row_shape())},
       {"title", shape::text("Of a maintenance or a note; may be empty.")},
       {"words", shape::text("An operator's; may be empty.")},
       {"next_update", shape::time("When more was promised; null: it was not.").or_null()},
       {"window", window_shape("Of a maintenance.")},
       {"old_window", window_shape("Before it was moved.")},
       {"recipients", shape::integer("To how many.", 0)},
       {"entry", shape::integer("Index of the ledger's entry that says so.", 0)}});
}

Shape delivery_shape() {
  return shape::object(
      "Delivery", "A telling on its way to a recipient.",
      {{"id", shape::text("Its id.")},
       {"number", shape::integer("Of the telling.", 0)},
       {"recipient", shape::text("Id of the subscription or the contact.")},
       {"known", shape::boolean("Whether that subscription or contact is there still.")},
       {"address", shape::text("Empty for who may not read addresses.")},
       {"institution", shape::text("May be empty.")},
       {"contact", shape::boolean("Of an institution.")},
       {"channel", shape::text("How it goes.")},
       {"state", shape::choice("What became of it.",
                               {"queued", "sent", "refused", "given_up", "withdrawn", "bounced"})},
       {"queued_at", shape::time("When it was queued.")},
       {"due", shape::time("When it may go.")},
       {"settled_at", shape::time("When it ended; null: not yet.").or_null()},
       {"tries", shape::integer("In vain, so far.", 0)},
       {"said", shape::text("By the other side; may be empty.")}});
}

Result<records::NoticeSummary> notice_of(store::Reader& reader, const Call& call) {
  const NoticeId id(call.path_parameter("notice"));
  const auto found = TRY(records::notice(reader, id));
  if (!found) return fail(ErrorCode::not_found, "there is no notice {}", id.text());
  return *found;
}

Result<net::Answer> list(const Desk& desk, const Call& call) {
  net::PageRequest page = TRY(net::page_of(call));
  const std::size_t limit = page.limit++;
  const records::NoticeFilter filter{.state = call.parameter("state").value_or(""),
                                     .instance = call.parameter("instance").value_or("")};
  std::vector<Shown> found;
  records::Waiting waiting;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    for (auto& one : TRY(records::notices(reader, filter, page)))
      found.push_back(TRY(shown(reader, std::move(one))));
    waiting = TRY(records::waiting(reader));
    return {};
  }));
  Json next = net::next_of(found, limit, [](const Shown& one) { return one.notice.id.text(); });
  JsonArray rows;
  for (const Shown& one : found) rows.push_back(json_of(one));
  const Postman::Facts facts = desk.notifications->facts();
  return net::Answer(Json{{"notices", std::move(rows)},
                          {"configured", !desk.view()->cloud().notifications.from.empty()},
                          {"waiting", Json{{"queued", waiting.queued},
                                           {"tried", waiting.tried},
                                           {"oldest", time_or_null(waiting.oldest)},
                                           {"complaint", facts.complaint}}},
                          {"next", std::move(next)}});
}

Result<net::Answer> show(const Desk& desk, const Call& call) {
  JsonArray tellings, rows;
  Shown notice;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    notice = TRY(shown(reader, TRY(notice_of(reader, call))));
    for (const auto& one : TRY(records::tellings(reader, notice.notice.id)))
      tellings.push_back(json_of(one));
    return {};
  }));
  for (const ToldRow& row : notice.rows) rows.push_back(to_json(row));
  return net::Answer(Json{
      {"notice", json_of(notice)}, {"rows", std::move(rows)}, {"tellings", std::move(tellings)}});
}

Result<net::Answer> list_deliveries(const Desk& desk, const Call& call) {
  net::PageRequest page = TRY(net::page_of(call));
  const std::size_t limit = page.limit++;
  const bool addressed = call.may(Permission::manage_subscriptions);
  Json next;
  JsonArray rows;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    const auto notice = TRY(notice_of(reader, call));
    auto found =
        TRY(records::deliveries(reader, notice.id, call.parameter("state").value_or(""), page));
    next =
        net::next_of(found, limit, [](const auto& one) { return std::to_string(one.delivery.id); });
    for (const auto& one : found)
      rows.push_back(
          json_of(one, TRY(records::recipient(reader, one.delivery.recipient)), addressed));
    return {};
  }));
  return net::Answer(Json{{"deliveries", std::move(rows)}, {"next", std::move(next)}});
}

}  // namespace

std::vector<net::Endpoint> notice_endpoints(Desk desk) {
  std::vector<net::Parameter> delivery_query = net::page_parameters();
  delivery_query.push_back(
      {"state",
       shape::choice("Only those in this state; failed: refused, given_up or bounced.",
                     {"queued", "sent", "refused", "given_up", "withdrawn", "bounced", "failed"})});
  std::vector<net::Parameter> notice_query = net::page_parameters();
  notice_query.push_back(
      {"state", shape::choice("Only those that go on, or that are over.", {"open", "over"})});
  notice_query.push_back(
      {"instance", shape::text("Only those that are or were about it: its id.", 0, 63)});
  const Shape waiting = shape::object(
      "WaitingDeliveries", "What is not delivered yet.",
      {{"queued", shape::integer("All of them.", 0)},
       {"tried", shape::integer("Those that were tried in vain.", 0)},
       {"oldest", shape::time("When the oldest may go; null: there is none.").or_null()},
       {"complaint", shape::text("Why no mail goes out at present; empty when it does.")}});
  return {at(desk,
             {.method = "GET",
              .path = "/api/v1/notifications/notices",
              .permission = Permission::read_notices,
              .summary = "Lists notices, the newest first, and what waits to be delivered.",
              .response = shape::object(
                  "Notices", "A page of notices.",
                  {{"notices", shape::list("The newest first.", notice_shape())},
                   {"configured", shape::boolean("Whether the configuration says how to send.")},
                   {"waiting", waiting},
                   net::next_field()}),
              .query = std::move(notice_query)},
             list),
          at(desk,
             {.method = "GET",
              .path = "/api/v1/notifications/notices/{notice}",
              .permission = Permission::read_notices,
              .summary = "A notice with everything that was told in it.",
              .response = shape::object("NoticeWithTellings", "A notice and its tellings.",
                                        {{"notice", notice_shape()},
                                         {"rows", shape::list("What it is about now, or was "
                                                              "when it was over.",
                                                              row_shape())},
                                         {"tellings", shape::list("By number.", telling_shape())}}),
              .object = "notice/{notice}"},
             show),
          at(desk,
             {.method = "GET",
              .path = "/api/v1/notifications/notices/{notice}/deliveries",
              .permission = Permission::read_notices,
              .summary = "Who was told in a notice, and what became of it.",
              .response = shape::object(
                  "Deliveries", "A page of deliveries.",
                  {{"deliveries", shape::list("By id.", delivery_shape())}, net::next_field()}),
              .query = std::move(delivery_query),
              .object = "notice/{notice}"},
             list_deliveries)};
}

}  // namespace nocturn::notifications
