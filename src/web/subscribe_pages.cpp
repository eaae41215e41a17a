#include "web/subscribe_pages.h"

#include <algorithm>

#include "base/line.h"
#include "base/text.h"
#include "web/html.h"
#include "web/template.h"

namespace nocturn::web {
namespace {

using inventory::Tenancy;
using notifications::Choices;
using notifications::Topic;
using status_page::Locale;
using status_page::Row;
using status_page::View;
using status_page::Words;

constexpr std::size_t kRowsInSight = 40;  // so many need no folding
constexpr std::size_t kNamesTold = 20;

bool holds(const std::vector<std::string>& list, const std::string& value) {
  return std::ranges::find(list, value) != list.end();
}

std::string say(const Words& words, std::string_view key) {
  return words.say(fmt::format("subscribe.{}", key));
}

// Every text that a template may name: {{t_email}} is "subscribe.email".
void set_texts(Data& data, const Words& words, std::initializer_list<const char*> keys) {
  for (const char* key : keys) data.set(fmt::format("t_{}", key), say(words, key));
}

void set_page(Data& data, const View& view, const Words& words, std::string_view path,
              std::string heading) {
  set_frame(data, view, words, path, Sheet::subscribe);
  data.set("skip", say(words, "skip"));
  data.set("title", fmt::format("{} · {}", heading, view.cloud().name));
  data.set("heading", heading);
  data.set("action", localized(path, view, words.locale()));
}

Data group_data(const View& view, const status_page::Group& group, const Choices& choices,
                const Words& words) {
  std::string rows;
  bool any = false;
  for (const Row* row : group.rows) {
    const bool chosen = holds(choices.instances, row->instance->id.text());
    any = any || chosen;
    fmt::format_to(std::back_inserter(rows),
                   "<li><label><input type=\"checkbox\" name=\"instance\" value=\"{}\"{}> "
                   "<bdi>{}</bdi></label></li>\n",
                   escape_markup(row->instance->id.text()), chosen ? " checked" : "",
                   escape_markup(row->instance->name));
  }
  Data data;
  data.set("rows", rows);
  data.set("open", any || view.rows().size() <= kRowsInSight);
  const std::string product =
      group.rows.front()->single_tenant()
          ? fmt::format("{} · {}", group.product->name, words.say("page.single"))
          : group.product->name;
  data.set("label",
           words.say("subscribe.group", {{"territory", group.territory->name},
                                         {"product", product},
                                         {"count", fmt::format("{}", group.rows.size())}}));
  return data;
}

std::vector<status_page::Group> visible_groups(const View& view) {
  std::vector<status_page::Group> groups = view.groups(Tenancy::multi);
  if (view.facts().single_tenant_public)
    for (status_page::Group& group : view.groups(Tenancy::single))
      groups.push_back(std::move(group));
  return groups;
}

Data option(std::string value, std::string label, bool chosen) {
  Data data;
  data.set("value", value);
  data.set("label", label);
  data.set("chosen", chosen);
  return data;
}

void set_rows(Data& data, const View& view, const Words& words, const Choices& choices) {
  Data groups{Data::type::list};
  for (const status_page::Group& group : visible_groups(view))
    groups.push_back(group_data(view, group, choices, words));
  data.set("groups", groups);
  Data products{Data::type::list};
  for (const auto& [id, product] : view.cloud().products)
    products.push_back(option(id.text(), product.name, holds(choices.products, id.text())));
  data.set("products", products);
}

void set_institutions(Data& data, const Words& words, const Draft& draft) {
  Data list{Data::type::list};
  for (const InstitutionChoice& one : draft.followed)
    list.push_back(option(one.id, one.name, true));
  for (const InstitutionChoice& one : draft.matches)
    if (!holds(draft.choices.institutions, one.id)) list.push_back(option(one.id, one.name, false));
  data.set("any_institution", !list.list_value().empty());
  data.set("institutions", list);
  data.set("find", draft.find);
  data.set("found", draft.found);
  if (draft.found.empty()) return;
  const std::string_view key = characters(draft.found) < kShortestSearch ? "find_short"
                               : draft.matches.empty()                   ? "find_none"
                                                                         : "find_some";
  data.set("found_text", say(words, key));
}

void set_delivery(Data& data, const Words& words, const Choices& choices) {
  Data topics{Data::type::list};
  for (const Topic topic : notifications::kTopics)
    topics.push_back(option(std::string(name_of(topic)),
                            words.say(fmt::format("notice.topic.{}", name_of(topic))),
                            std::ranges::find(choices.topics, topic) != choices.topics.end()));
  data.set("topics", topics);
  Data languages{Data::type::list};
  for (const Locale locale : status_page::kLocales) {
    Data language = option(std::string(tag_of(locale)), Words::in(locale).say("language"),
                           choices.language == tag_of(locale));
    languages.push_back(language);
  }
  data.set("mail_languages", languages);
  data.set("digest", choices.digest);
  data.set("at_once", !choices.digest);
}

void set_choices(Data& data, const View& view, const Words& words, const Draft& draft,
                 bool of_contact) {
  set_texts(data, words,
            {"follow", "follow_hint", "rows", "filter", "products", "products_hint", "institutions",
             "institutions_hint", "find", "find_button", "topics", "delivery", "language",
             "at_once", "digest"});
  data.set("chooses_rows", !of_contact);
  data.set("chooses_language", !of_contact);
  if (!of_contact) {
    set_rows(data, view, words, draft.choices);
    set_institutions(data, words, draft);
    data.set("find_short", say(words, "find_short"));
    data.set("find_none", say(words, "find_none"));
    data.set("find_some", say(words, "find_some"));
  }
  set_delivery(data, words, draft.choices);
}

// {{email_fault}} beside its field, and all of them on top, each with a link to its field.
void set_faults(Data& data, const Words& words, const FieldFaults& faults, const Banner& banner) {
  Data list{Data::type::list};
  for (const auto& [field, text] : faults) {
    data.set(field + "_fault", text);
    Data fault;
    fault.set("field", field);
    fault.set("text", text);
    list.push_back(fault);
  }
  data.set("any_fault", !faults.empty());
  data.set("faults", list);
  data.set("t_faults", say(words, "faults"));
  if (!banner.text.empty()) data.set(banner.bad ? "warning" : "done", banner.text);
}

std::string names_of(std::vector<std::string> names, const Words& words) {
  const std::size_t more = names.size() > kNamesTold ? names.size() - kNamesTold : 0;
  if (more > 0) names.resize(kNamesTold);
  std::string text = fmt::format("{}", fmt::join(names, ", "));
  if (more > 0) text += ", " + words.count("subscribe.fact.more", static_cast<std::int64_t>(more));
  return text;
}

std::string product_names(const View& view, const Words& words, const Choices& choices) {
  std::vector<std::string> names;
  for (const std::string& id : choices.products) {
    const auto product = view.cloud().products.find(inventory::ProductId(id));
    if (product != view.cloud().products.end()) names.push_back(product->second.name);
  }
  return names_of(std::move(names), words);
}

Data facts_of(const View& view, const Words& words, const SubscriptionDesk::Holding& held,
              const std::vector<InstitutionChoice>& followed) {
  const Choices& choices = held.choices;
  Data list{Data::type::list};
  const auto add = [&](std::string_view term, std::string value) {
    if (value.empty()) return;
    Data fact;
    fact.set("term", say(words, fmt::format("fact.{}", term)));
    fact.set("value", value);
    list.push_back(fact);
  };
  std::vector<std::string> rows, institutions, topics;
  for (const std::string& id : choices.instances)
    if (const Row* row = view.find(id)) rows.push_back(row->instance->name);
  for (const InstitutionChoice& one : followed) institutions.push_back(one.name);
  for (const Topic topic : choices.topics)
    topics.push_back(words.say(fmt::format("notice.topic.{}", name_of(topic))));
  add("address", held.address);
  add("rows", names_of(std::move(rows), words));
  add("products", product_names(view, words, choices));
  add("institutions", names_of(std::move(institutions), words));
  add("topics", names_of(std::move(topics), words));
  if (const auto locale = status_page::locale_from(choices.language))
    add("language", Words::in(*locale).say("language"));
  add("when", say(words, choices.digest ? "digest" : "at_once"));
  return list;
}

std::string token_path(std::string_view token) { return fmt::format("/subscriptions/{}", token); }

}  // namespace

std::string subscribe_page(const View& view, const Words& words, const Draft& draft,
                           const FieldFaults& faults, const Banner& banner) {
  Data data;
  set_page(data, view, words, "/subscribe", say(words, "heading"));
  data.set("script", script_url(Script::subscribe));
  set_texts(data, words,
            {"lead", "email", "email_hint", "shared", "shared_hint", "institution",
             "institution_hint", "programs", "channel", "url", "url_hint", "subscribe"});
  data.set("typed_email", draft.email);
  data.set("shared", draft.shared);
  data.set("typed_institution", draft.institution);
  data.set("typed_url", draft.url);
  Data channels{Data::type::list};
  for (const std::string_view channel :
       {notifications::kEmail, notifications::kWebhook, notifications::kChat})
    channels.push_back(option(std::string(channel), say(words, fmt::format("channel_{}", channel)),
                              draft.channel == channel));
  data.set("channels", channels);
  data.set("of_programs", draft.channel != notifications::kEmail || !draft.url.empty());
  set_choices(data, view, words, draft, false);
  set_faults(data, words, faults, banner);
  return render_page("subscribe", data);
}

std::string manage_page(const View& view, const Words& words, std::string_view token,
                        const SubscriptionDesk::Holding& held, const Draft& draft,
                        const FieldFaults& faults, const Banner& banner) {
  Data data;
  set_page(data, view, words, token_path(token), say(words, "manage.heading"));
  data.set("script", script_url(Script::subscribe));
  data.set("text", words.say("subscribe.manage.text", {{"address", held.address}}));
  for (const char* key : {"code", "code_hint", "save", "leave_heading", "leave_text", "leave"})
    data.set(fmt::format("m_{}", key), say(words, fmt::format("manage.{}", key)));
  data.set("needs_code", held.needs_code);
  data.set("version", fmt::format("{}", held.version));
  if (held.contact)
    data.set("rows_from", words.say("subscribe.manage.rows_from",
                                    {{"products", product_names(view, words, held.choices)}}));
  if (!held.trouble.empty()) {
    data.set("quarantined", words.say("subscribe.manage.quarantined", {{"address", held.address}}));
    data.set("quarantined_next",
             say(words, held.contact ? "manage.quarantined_contact" : "manage.quarantined_next"));
    if (!held.contact) {
      data.set("anew", say(words, "over.anew"));
      data.set("subscribe_href", localized("/subscribe", view, words.locale()));
    }
  }
  set_choices(data, view, words, draft, held.contact);
  set_faults(data, words, faults, banner);
  return render_page("manage", data);
}

std::string confirm_page(const View& view, const Words& words, std::string_view token,
                         const SubscriptionDesk::Holding& held,
                         const std::vector<InstitutionChoice>& followed) {
  Data data;
  set_page(data, view, words, token_path(token), say(words, "confirm.heading"));
  data.set("text", say(words, "confirm.text"));
  data.set("any_fact", true);
  data.set("facts", facts_of(view, words, held, followed));
  data.set("button", say(words, "confirm.button"));
  data.set("button_does", std::string("confirm"));
  Data notes{Data::type::list};
  notes.push_back(say(words, "confirm.not_you"));
  data.set("notes", notes);
  return render_page("told", data);
}

std::string told_page(const View& view, const Words& words, const Told& told) {
  Data data;
  set_page(data, view, words, told.path, told.heading);
  data.set("text", told.text);
  Data notes{Data::type::list}, secrets{Data::type::list}, links{Data::type::list};
  for (const std::string& note : told.notes) notes.push_back(note);
  for (const Told::Secret& secret : told.secrets) {
    Data one;
    one.set("label", secret.label);
    one.set("value", secret.value);
    one.set("about", secret.about);
    secrets.push_back(one);
  }
  for (const Told::Link& link : told.links) {
    Data one;
    one.set("href", link.href);
    one.set("label", link.label);
    links.push_back(one);
  }
  data.set("notes", notes);
  data.set("secrets", secrets);
  data.set("any_link", !told.links.empty());
  data.set("next_links", links);
  if (!told.button.empty()) {
    data.set("button", told.button);
    data.set("button_does", told.button_does);
  }
  if (told.asks_for_link) {
    Data form;
    form.set("link_action", localized("/subscriptions", view, words.locale()));
    form.set("l_heading", say(words, "link.heading"));
    form.set("l_text", say(words, "link.text"));
    form.set("l_button", say(words, "link.button"));
    form.set("l_email", say(words, "email"));
    form.set("l_address", told.address);
    if (!told.address_fault.empty()) form.set("l_fault", told.address_fault);
    data.set("link_form", form);
  }
  return render_page("told", data);
}

}  // namespace nocturn::web
