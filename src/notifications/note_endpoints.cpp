#include <algorithm>

#include <boost/json.hpp>

#include "base/line.h"
#include "base/text.h"
#include "notifications/endpoint_tables.h"
#include "notifications/letters/letter.h"
#include "notifications/newsroom.h"
#include "notifications/records.h"
#include "notifications/subscribing.h"

// An operator's own words to subscribers, and the list of who would get them.
namespace nocturn::notifications {
namespace {

using net::Call;
using net::Permission;

constexpr std::int64_t kLongestWords = 10'000, kMostInstances = 2'000, kLongestId = 128;
constexpr std::string_view kNoteExample = R"({"topic":"information","instances":["catalog-eu01"],)"
                                          R"("title":"New search","words":"It opens on Monday."})";
// Of so many recipients the preview names each; of more it says how many.
constexpr std::size_t kMostNamed = 1'000;

std::vector<std::string> instances_of(const Call& call) {
  std::vector<std::string> list;
  for (const Json& one : call.body.at("instances").as_array()) list.emplace_back(one.as_string());
  std::ranges::sort(list);
  const auto twice = std::ranges::unique(list);
  list.erase(twice.begin(), twice.end());
  return list;
}

void check_instances(const inventory::Cloud& cloud, const std::vector<std::string>& instances,
                     Faults& faults) {
  for (const std::string& id : instances)
    if (cloud.find(inventory::InstanceId(id)) == nullptr)
      faults.push_back({"instances", fmt::format("there is no instance \"{}\"", id)});
  if (instances.empty()) faults.push_back({"instances", "name at least one instance"});
}

Json json_of(const std::vector<Addressee>& all, bool named) {
  JsonArray recipients;
  std::map<std::string, std::uint64_t> channels, languages;
  std::uint64_t contacts = 0, digests = 0;
  for (const Addressee& one : all) {
    ++channels[one.recipient.channel];
    ++languages[one.recipient.language];
    contacts += one.recipient.contact ? 1 : 0;
    digests += one.recipient.digest ? 1 : 0;
    if (recipients.size() >= kMostNamed) continue;
    recipients.push_back(
        Json{{"id", one.recipient.id.text()},
             {"channel", one.recipient.channel},
             {"address", named ? one.recipient.address : ""},
             {"institution", one.recipient.institution},
             {"contact", one.recipient.contact},
             {"digest", one.recipient.digest},
             {"language", one.recipient.language},
             {"instances", JsonArray(one.instances.begin(), one.instances.end())}});
  }
  JsonObject by_channel, by_language;
  for (const auto& [channel, count] : channels) by_channel[channel] = count;
  for (const auto& [language, count] : languages) by_language[language] = count;
  return {{"count", all.size()},
          {"contacts", contacts},
          {"digests", digests},
          {"channels", std::move(by_channel)},
          {"languages", std::move(by_language)},
          {"recipients", std::move(recipients)}};
}

// What the note says, but for its place in a notice; what is wrong with it is added to `faults`.
Telling note_of(const Call& call, const status_page::View& view, WallTime now, Faults& faults) {
  Telling note{.topic = topic_from(call.text("topic")).value_or(Topic::information),
               .step = Step::note,
               .at = now};
  auto title = spell_line("the title", call.text("title"));
  if (title)
    note.title = *std::move(title);
  else
    faults.push_back({"title", title.error().message});
  note.words = std::string(trim(call.text("words")));
  if (note.words.empty()) faults.push_back({"words", "say something"});
  if (call.body.as_object().contains("next_update")) {
    const auto next = from_rfc3339(call.text("next_update"));
    if (!next || *next <= now)
      faults.push_back({"next_update", "name a moment that is to come"});
    else
      note.next_update = *next;
  }
  for (const std::string& instance : instances_of(call))
    if (view.cloud().find(inventory::InstanceId(instance)) != nullptr)
      note.rows.push_back(row_on_page(view, instance));
  return note;
}

// The note as a subscriber reads it, in every language that is spoken. Its personal links lead
// nowhere.
JsonArray letters_of(const Telling& note, const inventory::Cloud& cloud) {
  JsonArray letters;
  for (const status_page::Locale locale : status_page::kLocales) {
    const std::string language(status_page::tag_of(locale));
    const Recipient reader{.language = language};
    const Links links{.page = cloud.url, .manage = cloud.url, .unsubscribe = cloud.url};
    const Letter written =
        letter({.cloud = cloud, .recipient = reader, .links = links}, note, note.rows);
    letters.push_back(Json{{"language", language},
                           {"subject", written.subject},
                           {"text", written.text},
                           {"html", written.html}});
  }
  return letters;
}

// A note that goes on with a notice is of its topic.
Status go_on(store::Reader& reader, const std::string& notice, Telling& note) {
  if (notice.empty()) return {};
  const auto before = TRY(records::notice(reader, NoticeId(notice)));
  if (!before) return fail(ErrorCode::not_found, "there is no notice {}", notice);
  note.notice = before->id;
  note.number = before->tellings;
  note.topic = before->topic;
  return {};
}

Result<net::Answer> preview(const Desk& desk, const Call& call) {
  const auto view = desk.view();
  const auto instances = instances_of(call);
  const JsonObject& wanted = call.body.as_object();
  const bool written = wanted.contains("title") || wanted.contains("words");
  Faults faults;
  Telling note{.topic = TRY(topic_from(call.text("topic")))};
  if (written) note = note_of(call, *view, desk.clock->wall(), faults);
  check_instances(view->cloud(), instances, faults);
  if (!faults.empty()) return call.refuse(std::move(faults));
  std::vector<Addressee> all;
  TRY_STATUS(desk.database->read([&](store::Reader& reader) -> Status {
    TRY_STATUS(go_on(reader, call.text("notice"), note));
    const Audience audience = TRY(records::audience(reader, desk.clock->wall()));
    all = addressees(audience, view->cloud(), note.topic, instances);
    return {};
  }));
  JsonObject answer = json_of(all, call.may(Permission::manage_subscriptions)).as_object();
  answer["letters"] = written ? letters_of(note, view->cloud()) : JsonArray();
  return net::Answer(Json(std::move(answer)));
}

Events write_note(store::Reader& reader, Telling note, const std::string& notice,
                  const status_page::View& view, const std::string& fresh_id, WallTime now,
                  const std::string& by) {
  std::vector<std::string> instances;
  for (const ToldRow& row : note.rows) instances.push_back(row.instance);
  note.at = now;
  note.notice = NoticeId(fresh_id);
  TRY_STATUS(go_on(reader, notice, note));
  ++note.number;
  const Audience audience = TRY(records::audience(reader, now));
  const auto all = addressees(audience, view.cloud(), note.topic, instances);
  if (all.empty())
    return fail(ErrorCode::conflict, "nobody follows these instances; the note was not sent");
  return tell(std::move(note), 0, all, view.cloud(), by);
}

Result<net::Answer> send(const Desk& desk, const Call& call) {
  const auto view = desk.view();
  if (view->cloud().notifications.from.empty())
    return fail(ErrorCode::conflict,
                "the configuration does not say how notices are sent: add notifications");
  Faults faults;
  const Telling note = note_of(call, *view, desk.clock->wall(), faults);
  check_instances(view->cloud(), instances_of(call), faults);
  if (!faults.empty()) return call.refuse(std::move(faults));
  const std::string notice = call.text("notice"), fresh_id = new_uuid(*desk.clock, *desk.random);
  const auto recorded = TRY(desk.ledger->record(
      [=, by = call.caller.name](store::Reader& reader, WallTime now) -> Events {
        return write_note(reader, note, notice, *view, fresh_id, now, by);
      }));
  return Json{{"notice", notice.empty() ? fresh_id : notice}, {"entry", recorded.front().index}};
}

std::vector<Shape::Field> target_fields() {
  return {
      {"topic", shape::choice("Who wants to hear of it.",
                              {"trouble", "maintenance", "information", "analysis"})},
      {"instances", shape::list("Whose followers are told.",
                                shape::text("An instance's id.", 1, kLongestId), kMostInstances)}};
}

Shape preview_shape() {
  const Shape recipient = shape::object(
      "NoticeRecipient", "Somebody who would be told.",
      {{"id", shape::text("Of the subscription or the contact.")},
       {"channel", shape::text("How it would go.")},
       {"address", shape::text("Empty for who may not read addresses.")},
       {"institution", shape::text("May be empty.")},
       {"contact", shape::boolean("Of an institution, by their product preferences.")},
       {"digest", shape::boolean("With the next daily mail.")},
       {"language", shape::text("In which it would be written.")},
       {"instances", shape::list("Of which they would be told.", shape::text("An id."))}});
  const Shape letter = shape::object("NoticeLetter", "A mail.",
                                     {{"language", shape::text("Its language.")},
                                      {"subject", shape::text("One line.")},
                                      {"text", shape::text("Plain text.")},
                                      {"html", shape::text("A whole document.")}});
  const Shape counts = shape::map("So many each.", shape::integer("A number.", 0));
  return shape::object("NoticePreview", "Who would be told; each address once.",
                       {{"count", shape::integer("All of them.", 0)},
                        {"contacts", shape::integer("Contacts of institutions among them.", 0)},
                        {"digests", shape::integer("With the next daily mail.", 0)},
                        {"channels", counts},
                        {"languages", counts},
                        {"recipients", shape::list("The first 1,000.", recipient)},
                        {"letters", shape::list("The note as a subscriber reads it, in each "
                                                "language; empty without title and words.",
                                                letter)}});
}

}  // namespace

std::vector<net::Endpoint> note_endpoints(Desk desk) {
  std::vector<Shape::Field> note = target_fields(), draft = target_fields();
  for (const bool sent : {true, false}) {
    auto& fields = sent ? note : draft;
    const auto presence = sent ? Shape::Field::Presence::required : shape::optional;
    fields.push_back({"title", shape::text("One line.", 0, kLongestLine), presence});
    fields.push_back({"words",
                      shape::text("Plain text; blank lines part paragraphs.", 0, kLongestWords),
                      presence});
    fields.push_back({"next_update", shape::time("When more is promised."), shape::optional});
    fields.push_back(
        {"notice", shape::text("The notice that it goes on with.", 0, 64), shape::optional});
  }
  return {
      at(desk,
         {.method = "POST",
          .path = "/api/v1/notifications/preview",
          .permission = Permission::send_notices,
          .summary = "Who would be told of something at these instances, now, and what they read.",
          .response = preview_shape(),
          .request = shape::object("PreviewNotice", "What it would be about.", std::move(draft)),
          .example = R"({"topic":"information","instances":["catalog-eu01"]})"},
         preview),
      at(desk,
         {.method = "POST",
          .path = "/api/v1/notifications/notes",
          .permission = Permission::send_notices,
          .summary = "Tells the followers of these instances something in an operator's words.",
          .response = shape::object(
              "NoteSent", "The note is recorded and on its way.",
              {{"notice", shape::text("Its notice.")},
               {"entry", shape::integer("Index of the ledger's entry that says so.", 0)}}),
          .request = shape::object("SendNote", "A note.", std::move(note)),
          .example = kNoteExample},
         send)};
}

}  // namespace nocturn::notifications
