#include "web/template.h"

#include "base/text.h"
#include "web/assets.h"
#include "web/html.h"

namespace nocturn::web {
namespace {

using kainjow::mustache::partial;
using status_page::Indicator;
using status_page::View;
using status_page::Words;

std::string read(std::string_view name) {
  return std::string(asset(fmt::format("templates/{}.mustache", name)));
}

Data links(const View& view, const Words& words, std::string_view path) {
  Data list{Data::type::list};
  const auto add = [&](std::string_view target, std::string_view label) {
    Data link;
    link.set("href", localized(target, view, words.locale()));
    link.set("label", words.say(label));
    if (target == path) link.set("current", true);
    list.push_back(link);
  };
  add("/", "page.all");
  if (!rows_of(view, inventory::Tenancy::single).empty()) add("/single-tenant", "page.single");
  if (view.facts().takes_subscriptions) add("/subscribe", "subscribe.nav");
  return list;
}

Data languages(const View& view, const Words& words, std::string_view path) {
  Data list{Data::type::list};
  for (const status_page::Locale locale : status_page::kLocales) {
    if (locale == words.locale()) continue;
    Data link;
    link.set("href", localized(path, view, locale));
    link.set("tag", std::string(tag_of(locale)));
    link.set("label", Words::in(locale).say("language"));
    list.push_back(link);
  }
  return list;
}

Data legend(const Words& words) {
  Data list{Data::type::list};
  for (const Indicator indicator :
       {Indicator::normal, Indicator::information, Indicator::performance, Indicator::interruption,
        Indicator::maintenance}) {
    Data entry;
    entry.set("state", std::string(letter(indicator)));
    entry.set("word", words.indicator(indicator));
    entry.set("meaning", words.say(fmt::format("meaning.{}", name_of(indicator))));
    list.push_back(entry);
  }
  return list;
}

Data machine(const Words& words) {
  Data list{Data::type::list};
  const std::pair<std::string, std::string> kLinks[] = {{"/api/v2/summary.json", "page.api"},
                                                        {"/feeds/all.atom", "page.atom"},
                                                        {"/feeds/all.rss", "page.rss"},
                                                        {"/feeds/all.ics", "page.calendar"}};
  for (const auto& [href, label] : kLinks) {
    Data link;
    link.set("href", href);
    link.set("label", words.say(label));
    list.push_back(link);
  }
  return list;
}

void set_contact(Data& data, const inventory::HubContact& contact) {
  if (!contact.phone.empty()) {
    Data phone;
    std::string dial, number;
    for (const char c : contact.phone) {
      if (c == '+' || (c >= '0' && c <= '9')) dial += c;
      number += c == ' ' ? "\u00a0" : std::string(1, c);  // a number stays on one line
    }
    phone.set("number", number);
    phone.set("dial", dial);
    data.set("phone", phone);
  }
  if (!contact.email.empty()) data.set("email", contact.email);
  if (!contact.url.empty()) {
    data.set("site", contact.url);
    data.set("contact_name", contact.name.empty() ? contact.url : contact.name);
  }
}

// What a copy says of itself; the script fills in {ago} when the copy is old.
void set_copy(Data& data, const View& view, const Words& words) {
  Data copy;
  copy.set("made_by", words.say("copy.made"));
  copy.set("made", machine_time(view.now()));
  copy.set("made_text", words.day(status_page::civil(TimeZone::utc(), view.now()).day) + ", " +
                            utc_clock(view.now()));
  copy.set("hint", words.say("copy.hint"));
  copy.set("old", words.say("copy.old", {{"ago", "{ago}"}}));
  copy.set("live", view.url() + localized("/", view, words.locale()));
  copy.set("live_label", words.say("copy.live"));
  data.set("copy_note", copy);
  data.set("policy", copy_policy(view.url()));
  data.set("script", script_url(Script::copy));
}

}  // namespace

Template::Template(std::string_view name) : parsed_(read(name)) {
  CHECK(parsed_.is_valid());
  parsed_.set_custom_escape([](const std::string& text) { return escape_markup(text); });
}

std::string Template::render(const Data& data) {
  std::string out;
  parsed_.render(data, [&out](const std::string& piece) { out += piece; });
  return out;
}

std::string render_page(std::string_view name, Data& data) {
  data.set("head", Data(partial([] { return read("head"); })));
  data.set("copy", Data(partial([] { return read("copy"); })));
  data.set("foot", Data(partial([] { return read("foot"); })));
  data.set("choices", Data(partial([] { return read("choices"); })));
  return Template(name).render(data);
}

void set_frame(Data& data, const View& view, const Words& words, std::string_view path, Sheet sheet,
               Edition edition) {
  data.set("lang", std::string(tag_of(words.locale())));
  data.set("dir", words.right_to_left() ? "rtl" : "ltr");
  data.set("description", words.say("page.description", {{"cloud", view.cloud().name}}));
  if (edition == Edition::copy)
    sheet = sheet == Sheet::index ? Sheet::index_copy : Sheet::instance_copy;
  data.set("style", style(sheet));
  data.set("symbols", symbols());
  data.set("skip", words.say("page.skip"));
  data.set("home", localized("/", view, words.locale()));
  data.set("cloud", view.cloud().name);
  data.set("pages", words.say("page.pages"));
  data.set("links", links(view, words, path));
  data.set("languages", languages(view, words, path));
  data.set("contact_title", words.say("page.contact"));
  data.set("contact_hint", words.say("page.contact_hint"));
  set_contact(data, view.cloud().contact);
  data.set("legend_title", words.say("page.legend"));
  data.set("legend", legend(words));
  data.set("legend_cells", words.say("page.legend_cells"));
  data.set("machine_title", words.say("page.machine"));
  data.set("machine", machine(words));
  if (edition == Edition::copy) set_copy(data, view, words);
  data.set("made_by", words.say("page.made_by"));
  if (data.get("atom") == nullptr) {
    data.set("atom", "/feeds/all.atom");
    data.set("atom_title", words.say("feed.title", {{"name", view.cloud().name}}));
  }
}

}  // namespace nocturn::web
