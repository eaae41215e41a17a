#include <fstream>
#include <iostream>
#include <sstream>

#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"

namespace nocturn::cli {
namespace {

constexpr const char* kPath = "/api/v1/notifications";

struct Wanted {
  std::string id, text, state, topic = "information", title, words, file = "-", sent_to,
                               next_update, notice;
  std::vector<std::string> instances;
};

std::string number_of(const Json& object, const char* name) {
  return std::to_string(object.as_object().at(name).to_number<std::int64_t>());
}

void print_json(const Json& json) { fmt::print("{}\n", boost::json::serialize(json)); }

Result<int> list_notices(const Shared& shared, const Wanted& wanted) {
  std::string path = fmt::format("{}/notices?limit=50", kPath);
  if (!wanted.id.empty()) path += "&instance=" + escape_url(wanted.id);
  if (!wanted.state.empty()) path += "&state=" + wanted.state;
  const Json answer = TRY(call_hub(shared, "GET", path, nullptr));
  if (shared.json) return print_json(answer), 0;
  const JsonObject& all = answer.as_object();
  if (!all.at("configured").as_bool())
    fmt::print("the configuration does not say how notices are sent: add notifications\n");
  std::vector<std::vector<std::string>> cells;
  for (const Json& notice : all.at("notices").as_array()) {
    const Json& counts = notice.as_object().at("deliveries");
    cells.push_back(
        {text_of(notice, "id"), text_of(notice, "topic"), time_of(notice, "opened_at", shared.utc),
         notice.as_object().at("closed_at").is_null() ? "-"
                                                      : time_of(notice, "closed_at", shared.utc),
         number_of(notice, "tellings"), number_of(counts, "sent"), number_of(counts, "queued"),
         number_of(counts, "refused")});
  }
  if (cells.empty())
    fmt::print("no {}notices{}\n", wanted.state.empty() ? "" : "such ",
               wanted.id.empty() ? " yet" : fmt::format(" about {}", wanted.id));
  else
    fmt::print("{}", table({"NOTICE", "TOPIC", "BEGAN", "OVER", "TOLD", "SENT", "WAIT", "REFUSED"},
                           cells));
  const Json& waiting = all.at("waiting");
  const std::string complaint = text_of(waiting, "complaint");
  if (!complaint.empty()) fmt::print("no mail goes out: {}\n", complaint);
  return complaint.empty() ? 0 : 1;
}

Result<int> show_notice(const Shared& shared, const Wanted& wanted) {
  const std::string path = fmt::format("{}/notices/{}", kPath, escape_url(wanted.id));
  const Json answer = TRY(call_hub(shared, "GET", path, nullptr));
  const JsonArray deliveries = TRY(all_pages(
      shared,
      path + "/deliveries?limit=1000" + (wanted.state.empty() ? "" : "&state=" + wanted.state),
      "deliveries"));
  if (shared.json) {
    JsonObject both = answer.as_object();
    both["deliveries"] = deliveries;
    return print_json(both), 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& telling : answer.as_object().at("tellings").as_array())
    cells.push_back({number_of(telling, "number"), time_of(telling, "at", shared.utc),
                     text_of(telling, "step"),
                     std::to_string(telling.as_object().at("rows").as_array().size()),
                     number_of(telling, "recipients"), number_of(telling, "entry")});
  fmt::print("{}\n", table({"NO", "AT", "STEP", "ROWS", "RECIPIENTS", "ENTRY"}, cells));
  cells.clear();
  for (const Json& one : deliveries)
    cells.push_back(
        {number_of(one, "number"), text_of(one, "recipient"), text_of(one, "channel"),
         text_of(one, "state"),
         one.as_object().at("settled_at").is_null() ? "-" : time_of(one, "settled_at", shared.utc),
         text_of(one, "said")});
  fmt::print("{}", table({"NO", "RECIPIENT", "CHANNEL", "STATE", "SETTLED", "SAID"}, cells));
  return 0;
}

JsonObject target_of(const Wanted& wanted) {
  return {{"topic", wanted.topic},
          {"instances", JsonArray(wanted.instances.begin(), wanted.instances.end())}};
}

Result<int> preview(const Shared& shared, const Wanted& wanted) {
  const Json answer =
      TRY(call_hub(shared, "POST", fmt::format("{}/preview", kPath), target_of(wanted)));
  if (shared.json) return print_json(answer), 0;
  const JsonObject& all = answer.as_object();
  std::vector<std::vector<std::string>> cells;
  for (const Json& one : all.at("recipients").as_array()) {
    std::string instances;
    for (const Json& each : one.as_object().at("instances").as_array())
      instances += (instances.empty() ? "" : " ") + std::string(each.as_string());
    const std::string address = text_of(one, "address");
    cells.push_back({address.empty() ? text_of(one, "id") : address, text_of(one, "channel"),
                     one.as_object().at("digest").as_bool() ? "daily mail" : "at once",
                     text_of(one, "language"), text_of(one, "institution"), instances});
  }
  if (!cells.empty())
    fmt::print("{}", table({"RECIPIENT", "CHANNEL", "WHEN", "LANGUAGE", "INSTITUTION", "INSTANCES"},
                           cells));
  const std::string count = number_of(answer, "count");
  if (count == "0") {
    fmt::print("nobody follows that\n");
    return 1;
  }
  fmt::print("{} would be told, {} of them contacts of institutions\n", count,
             number_of(answer, "contacts"));
  return 0;
}

Result<int> send_note(const Shared& shared, const Wanted& wanted) {
  JsonObject body = target_of(wanted);
  body["title"] = wanted.title;
  body["words"] = wanted.words;
  if (!wanted.next_update.empty()) body["next_update"] = wanted.next_update;
  if (!wanted.notice.empty()) body["notice"] = wanted.notice;
  const Json answer = TRY(call_hub(shared, "POST", fmt::format("{}/notes", kPath), body));
  if (shared.json) return print_json(answer), 0;
  fmt::print("notice {} is on its way; see nocturn notification show {}\n",
             text_of(answer, "notice"), text_of(answer, "notice"));
  return 0;
}

Result<int> list_subscriptions(const Shared& shared, const Wanted& wanted) {
  std::string path = fmt::format("{}/subscriptions?limit=1000", kPath);
  if (!wanted.text.empty()) path += "&q=" + escape_url(wanted.text);
  if (!wanted.state.empty()) path += "&state=" + escape_url(wanted.state);
  const JsonArray rows = TRY(all_pages(shared, path, "subscriptions"));
  if (shared.json) return print_json(JsonObject{{"subscriptions", rows}}), 0;
  std::vector<std::vector<std::string>> cells;
  for (const Json& row : rows)
    cells.push_back({text_of(row, "id"), text_of(row, "channel"), text_of(row, "address"),
                     text_of(row, "state"), time_of(row, "requested_at", shared.utc),
                     text_of(row, "trouble")});
  if (cells.empty())
    fmt::print("no subscriptions{}\n",
               wanted.text.empty() && wanted.state.empty() ? " yet" : " like that");
  else
    fmt::print("{}", table({"ID", "CHANNEL", "ADDRESS", "STATE", "ASKED", "TROUBLE"}, cells));
  return 0;
}

Result<int> remove_subscription(const Shared& shared, const Wanted& wanted) {
  TRY(call_hub(shared, "DELETE", fmt::format("{}/subscriptions/{}", kPath, escape_url(wanted.id)),
               nullptr));
  fmt::print("{} is ended; its address is forgotten\n", wanted.id);
  return 0;
}

Result<int> release(const Shared& shared, const Wanted& wanted) {
  TRY(call_hub(shared, "DELETE", fmt::format("{}/quarantine/{}", kPath, escape_url(wanted.id)),
               nullptr));
  fmt::print("news go to {} again\n", wanted.id);
  return 0;
}

// For a mail server's pipe: exit 0 whatever the mail was, so that it is not sent back again.
Result<int> take_bounce(const Shared& shared, const Wanted& wanted) {
  constexpr std::size_t kMost = 512 * 1024;  // the beginning says all; the API takes no more
  std::ostringstream text;
  if (wanted.file == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream in(wanted.file, std::ios::binary);
    if (!in) return fail(ErrorCode::invalid, "{}: cannot be read", wanted.file);
    text << in.rdbuf();
  }
  std::string mail = text.str().substr(0, kMost);
  if (!is_utf8(mail))  // bytes that are not text say nothing in a report
    for (char& c : mail)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  if (mail.empty()) return fail(ErrorCode::invalid, "the mail is empty");
  JsonObject body{{"mail", mail}};
  if (!wanted.sent_to.empty()) body["sent_to"] = wanted.sent_to;
  const Json answer = TRY(call_hub(shared, "POST", fmt::format("{}/bounces", kPath), body));
  if (shared.json) return print_json(answer), 0;
  const std::string kind = text_of(answer, "kind");
  fmt::print("{}{}\n", kind == "none" ? "no bounce" : kind + " bounce",
             answer.as_object().at("recorded").as_bool()
                 ? ""
                 : "; nothing was recorded: it is about no delivery of this hub, or was known");
  return 0;
}

}  // namespace

void add_notification(CLI::App& app, Run& run, Shared& shared) {
  CLI::App* noun = app.add_subcommand("notification", "who is told of what, and what became of it");
  noun->require_subcommand(1);
  noun->footer(
      "examples:\n"
      "  nocturn notification list catalog-eu01\n"
      "  nocturn notification preview catalog-eu01 --topic maintenance\n"
      "  nocturn notification send catalog-eu01 --title \"New search\" --words \"It opens on "
      "Monday.\"\n"
      "  nocturn notification subscriptions --state quarantined");
  auto wanted = std::make_shared<Wanted>();
  const auto verb = [&](const char* name, const char* sentence,
                        Result<int> (*act)(const Shared&, const Wanted&)) {
    CLI::App* command = noun->add_subcommand(name, sentence);
    command->callback([&run, &shared, wanted, act] {
      run = [&shared, wanted, act] { return act(shared, *wanted); };
    });
    return command;
  };
  const auto add_target = [&](CLI::App* command) {
    command->add_option("instance", wanted->instances, "whose followers; several")->required();
    command->add_option("--topic", wanted->topic, "trouble, maintenance, information or analysis")
        ->check(CLI::IsMember({"trouble", "maintenance", "information", "analysis"}))
        ->capture_default_str();
  };
  CLI::App* notices =
      verb("list", "the newest notices, and why no mail goes out, if so", list_notices);
  notices->add_option("instance", wanted->id, "only those that are or were about it");
  notices->add_option("--state", wanted->state, "open or over")
      ->check(CLI::IsMember({"open", "over"}));
  CLI::App* show =
      verb("show", "a notice: what was told, to whom, and what became of it", show_notice);
  show->add_option("notice", wanted->id, "its id")->required();
  show->add_option("--state", wanted->state, "only deliveries in this state");
  add_target(verb("preview", "who would be told, each with the instances", preview));
  CLI::App* send =
      verb("send", "tell followers something in your own words; preview it first", send_note);
  add_target(send);
  send->add_option("--title", wanted->title, "one line")->required();
  send->add_option("--words", wanted->words, "plain text; blank lines part paragraphs")->required();
  send->add_option("--next-update", wanted->next_update,
                   "when more is promised, such as 2026-11-22T09:30:00Z");
  send->add_option("--notice", wanted->notice, "the notice that it goes on with");
  CLI::App* list = verb("subscriptions", "who subscribed", list_subscriptions);
  list->add_option("text", wanted->text, "part of an address or an institution");
  list->add_option("--state", wanted->state, "pending, active or quarantined")
      ->check(CLI::IsMember({"pending", "active", "quarantined"}));
  verb("remove", "end a subscription; its address is forgotten", remove_subscription)
      ->add_option("subscription", wanted->id, "its id")
      ->required();
  verb("release", "let news go again to who could not be reached", release)
      ->add_option("recipient", wanted->id, "id of the subscription or the contact")
      ->required();
  CLI::App* bounce =
      verb("bounce", "take in a mail that came back; for a mail server's pipe", take_bounce);
  bounce->add_option("file", wanted->file, "the mail, or - for standard input")
      ->capture_default_str();
  bounce->add_option("--to", wanted->sent_to, "its envelope recipient");
}

}  // namespace nocturn::cli
