#include <boost/json.hpp>

#include "base/json_time.h"
#include "net/paging.h"
#include "notifications/bounces/intake.h"
#include "notifications/endpoint_tables.h"
#include "notifications/records.h"
#include "notifications/subscribing.h"
#include "notifications/telling_json.h"

// Who subscribed, who cannot be reached, and mail that came back.
namespace nocturn::notifications {
namespace {

using net::Call;
using net::Permission;

Json json_of(const Subscription& one) {
  return {{"id", one.id.text()},
          {"channel", one.channel},
          {"address", one.address},
          {"owner", one.owner},
          {"institution", one.institution},
          {"shared", one.shared},
          {"state", name_of(one.state)},
          {"trouble", one.trouble},
          {"requested_at", to_rfc3339(one.requested_at)},
          {"confirmed_at", time_or_null(one.confirmed_at)},
          {"choices", to_json(one.choices)}};
}

Shape ids(std::string_view about) { return shape::list(about, shape::text("An id.")); }

Shape choices_shape() {
  return shape::object(
      "NoticeChoices", "What a subscriber follows.",
      {{"instances", ids("Instances.")},
       {"products", ids("Products: all their instances, new ones, too.")},
       {"institutions", ids("Institutions: the instances of their account assets.")},
       {"topics",
        shape::list("Kinds of news.", shape::choice("A kind.", {"trouble", "maintenance",
                                                                "information", "analysis"}))},
       {"language", shape::text("In which it is written.")},
       {"digest", shape::boolean("One mail a day instead of one at once.")}});
}

Shape subscription_shape() {
  return shape::object(
      "Subscription", "Somebody who asked for news.",
      {{"id", shape::text("Its id.")},
       {"channel", shape::choice("How news go there.", {"email", "webhook", "chat"})},
       {"address", shape::text("E-mail address or URL.")},
       {"owner", shape::text("Who answers for a URL; empty for e-mail.")},
       {"institution", shape::text("As its owner wrote it; may be empty.")},
       {"shared", shape::boolean("Whether many people read the address.")},
       {"state", shape::choice("Pending until its link was followed; quarantined while nothing "
                               "can be delivered.",
                               {"pending", "active", "quarantined"})},
       {"trouble", shape::text("Why it is in quarantine; else empty.")},
       {"requested_at", shape::time("When it was asked for.")},
       {"confirmed_at", shape::time("When it was confirmed; null: not yet.").or_null()},
       {"choices", choices_shape()}});
}

Result<net::Answer> list(const Desk& desk, const Call& call) {
  net::PageRequest page = TRY(net::page_of(call));
  const std::size_t limit = page.limit++;
  std::vector<Subscription> found;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    found = TRY(records::subscriptions(reader, call.parameter("q").value_or(""),
                                       call.parameter("state").value_or(""), page));
    return {};
  }));
  Json next = net::next_of(found, limit, [](const Subscription& one) { return one.id.text(); });
  JsonArray rows;
  for (const Subscription& one : found) rows.push_back(json_of(one));
  return net::Answer(Json{{"subscriptions", std::move(rows)}, {"next", std::move(next)}});
}

Result<net::Answer> remove(const Desk& desk, const Call& call) {
  TRY(desk.ledger->record([id = SubscriptionId(call.path_parameter("subscription")),
                           by = call.caller.name](store::Reader& reader, WallTime) -> Events {
    const auto one = TRY(records::subscription(reader, id));
    if (!one) return fail(ErrorCode::not_found, "there is no subscription {}", id.text());
    return leave(*one, "removed", by);
  }));
  return Json(nullptr);
}

Result<net::Answer> list_quarantine(const Desk& desk, const Call& call) {
  net::PageRequest page = TRY(net::page_of(call));
  const std::size_t limit = page.limit++;
  Json next;
  JsonArray rows;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    auto found = TRY(records::quarantine(reader, page));
    next = net::next_of(found, limit, [](const auto& one) { return one.recipient.text(); });
    for (const auto& one : found) {
      const auto to = TRY(records::recipient(reader, one.recipient));
      rows.push_back(Json{{"recipient", one.recipient.text()},
                          {"because", one.because},
                          {"since", to_rfc3339(one.since)},
                          {"known", to.has_value()},
                          {"channel", to ? to->channel : ""},
                          {"address", to ? to->address : ""},
                          {"institution", to ? to->institution : ""},
                          {"contact", to && to->contact}});
    }
    return {};
  }));
  return net::Answer(Json{{"recipients", std::move(rows)}, {"next", std::move(next)}});
}

Shape quarantined_shape() {
  return shape::object(
      "QuarantinedRecipient", "Somebody to whom nothing is sent.",
      {{"recipient", shape::text("Id of the subscription or the contact.")},
       {"because", shape::text("What the other side said.")},
       {"since", shape::time("Since when.")},
       {"known", shape::boolean("Whether that subscription or contact is there still.")},
       {"channel", shape::text("How news went there; empty when it is not there.")},
       {"address", shape::text("Empty when it is not there.")},
       {"institution", shape::text("May be empty.")},
       {"contact", shape::boolean("Of an institution.")}});
}

Result<net::Answer> release(const Desk& desk, const Call& call) {
  TRY(desk.ledger->record([id = RecipientId(call.path_parameter("recipient")),
                           by = call.caller.name](store::Reader& reader, WallTime) -> Events {
    if (!TRY(records::quarantined_because(reader, id)))
      return fail(ErrorCode::not_found, "{} is not in quarantine", id.text());
    return {{events::released(id, by)}};
  }));
  return Json(nullptr);
}

Result<net::Answer> take(const Desk& desk, const Call& call) {
  const Intake intake = TRY(take_bounce(call.text("mail"), call.text("sent_to"),
                                        desk.notifications->links(), *desk.ledger));
  return Json{{"kind", name_of(intake.bounce.kind)},
              {"status", intake.bounce.status},
              {"said", intake.bounce.said},
              {"ours", intake.ours},
              {"recorded", intake.recorded}};
}

}  // namespace

std::vector<net::Endpoint> subscription_endpoints(Desk desk) {
  std::vector<net::Parameter> query = net::page_parameters();
  query.push_back({"q", shape::text("Part of an address or an institution.", 0, 254)});
  query.push_back(
      {"state", shape::choice("Only those in this state.", {"pending", "active", "quarantined"})});
  return {
      at(desk,
         {.method = "GET",
          .path = "/api/v1/notifications/subscriptions",
          .permission = Permission::manage_subscriptions,
          .summary = "Lists subscriptions, the oldest first.",
          .response = shape::object(
              "Subscriptions", "A page of subscriptions.",
              {{"subscriptions", shape::list("The oldest first.", subscription_shape())},
               net::next_field()}),
          .query = std::move(query)},
         list),
      at(desk,
         {.method = "DELETE",
          .path = "/api/v1/notifications/subscriptions/{subscription}",
          .permission = Permission::manage_subscriptions,
          .summary = "Ends a subscription; its address is forgotten.",
          .object = "subscription/{subscription}",
          .status = 204},
         remove),
      at(desk,
         {.method = "GET",
          .path = "/api/v1/notifications/quarantine",
          .permission = Permission::manage_subscriptions,
          .summary = "Lists who could not be reached: nothing is sent to them.",
          .response = shape::object(
              "Quarantine", "A page of recipients.",
              {{"recipients", shape::list("By id.", quarantined_shape())}, net::next_field()}),
          .query = net::page_parameters()},
         list_quarantine),
      at(desk,
         {.method = "DELETE",
          .path = "/api/v1/notifications/quarantine/{recipient}",
          .permission = Permission::manage_subscriptions,
          .summary = "Lets news go again to a recipient that could not be reached.",
          .object = "recipient/{recipient}",
          .status = 204},
         release),
      at(desk,
         {.method = "POST",
          .path = "/api/v1/notifications/bounces",
          .permission = Permission::manage_subscriptions,
          .summary = "Takes in a mail that came back. Only what carries a token of ours counts.",
          .response = shape::object(
              "BounceIntake", "What the mail was.",
              {{"kind", shape::choice("What it says.", {"none", "hard", "soft", "complaint"})},
               {"status", shape::text("RFC 3463; may be empty.")},
               {"said", shape::text("By the other server.")},
               {"ours", shape::boolean("Whether it is about a delivery of ours.")},
               {"recorded", shape::boolean("Whether it changed something.")}}),
          .request = shape::object(
              "TakeBounce", "A mail as it arrived.",
              {{"mail", shape::text("Header and body.", 1, 512 * 1024)},
               {"sent_to", shape::text("Its envelope recipient, where known.", 0, 320),
                shape::optional}}),
          .example = R"({"mail":"From: mailer-daemon@example.org\n\nnot delivered"})"},
         take)};
}

}  // namespace nocturn::notifications
