#include "web/subscribe_draft.h"

#include <algorithm>

#include "base/text.h"
#include "notifications/subscribing.h"

namespace nocturn::web {
namespace {

using notifications::Choices;
using notifications::kEmail;
using notifications::Subscription;
using notifications::Topic;
using status_page::View;
using status_page::Words;

std::vector<std::string> parameters(const net::Request& request, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : request.query)
    if (key == name) values.push_back(value);
  return values;
}

// Which field a path of the rules is about.
std::string_view field_of(std::string_view path, bool email) {
  if (path == "address") return email ? "email" : "url";
  if (path == "owner") return "email";
  if (path == "institution" || path == "channel") return path;
  if (path == "choices.topics") return "topics";
  if (path == "choices.language") return "language";
  return "follow";  // instances, products, institutions
}

std::string_view follow_fault(const Choices& choices) {
  const std::size_t most =
      std::max({choices.instances.size(), choices.products.size(), choices.institutions.size()});
  if (most > notifications::kMostFollowed) return "many";
  const bool none =
      choices.instances.empty() && choices.products.empty() && choices.institutions.empty();
  return none ? "follow" : "gone";
}

// The rules speak of paths; a reader is told per field what would be right, in their language.
void tell(const notifications::Faults& found, const Subscription& wanted, const Words& words,
          FieldFaults& faults) {
  for (const ShapeFault& fault : found) {
    const std::string_view field = field_of(fault.path, wanted.channel == kEmail);
    const std::string_view why = field == "follow" ? follow_fault(wanted.choices) : field;
    faults.emplace(field, words.say(fmt::format("subscribe.fault.{}", why)));
  }
}

// A hidden row is spelled as no id can be, so that the rules find it unknown.
Choices as_the_public_knows(Choices choices, const View& view) {
  for (std::string& id : choices.instances)
    if (view.find(id) == nullptr) id = "?";
  return choices;
}

}  // namespace

Draft draft_from(const net::Request& request, const Words& words) {
  Draft draft;
  draft.choices.instances = parameters(request, "instance");
  draft.choices.products = parameters(request, "product");
  draft.choices.institutions = parameters(request, "follow");
  draft.choices.language = tag_of(words.locale());
  return draft;
}

Draft draft_from(const Form& form) {
  Draft draft{.email = std::string(form.text("email")),
              .institution = std::string(form.text("institution")),
              .shared = form.has("shared", "yes"),
              .channel = std::string(form.text("channel")),
              .url = std::string(trim(form.text("url"))),
              .code = std::string(form.text("code")),
              .choices = {},
              .find = std::string(form.text("find")),
              .found = std::string(form.text("found"))};
  if (draft.channel.empty()) draft.channel = kEmail;
  draft.choices = {.instances = form.all("instance"),
                   .products = form.all("product"),
                   .institutions = form.all("follow"),
                   .topics = {},
                   .language = std::string(form.text("language")),
                   .digest = form.has("pace", "digest")};
  for (const Topic topic : notifications::kTopics)
    if (form.has("topic", name_of(topic))) draft.choices.topics.push_back(topic);
  return draft;
}

Subscription subscription_of(const Draft& draft, const View& view, const Words& words,
                             FieldFaults& faults) {
  Subscription wanted;
  wanted.channel = draft.channel;
  wanted.address = draft.channel == kEmail ? draft.email : draft.url;
  wanted.owner = draft.channel == kEmail ? "" : draft.email;
  wanted.institution = draft.institution;
  wanted.shared = draft.shared;
  wanted.choices = as_the_public_knows(draft.choices, view);
  notifications::Faults found;
  wanted = notifications::spelled(std::move(wanted), view.cloud(), found);
  tell(found, wanted, words, faults);
  return wanted;
}

Choices choices_of(const Draft& draft, const View& view, const Words& words, FieldFaults& faults) {
  notifications::Faults found;
  Subscription kept;
  kept.choices =
      notifications::spelled(as_the_public_knows(draft.choices, view), view.cloud(), found);
  tell(found, kept, words, faults);
  return kept.choices;
}

}  // namespace nocturn::web
