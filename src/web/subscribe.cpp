#include <boost/json.hpp>

#include "base/line.h"
#include "base/log.h"
#include "base/text.h"
#include "net/client_address.h"
#include "notifications/subscribing.h"
#include "web/form_body.h"
#include "web/html.h"
#include "web/subscribe_pages.h"
#include "web/web.h"

// The paths of subscriptions. None of these forms needs a token against forged posts (CSRF): what a
// post may do comes from the token in its path, which only who got the mail knows, and from nothing
// that a browser sends by itself. A forged post to /subscribe or /subscriptions causes one mail to
// the address it names, as the form does for everybody; the desk limits these by source and
// address.
namespace nocturn::web {
namespace {

using status_page::View;
using status_page::Words;
using Holding = SubscriptionDesk::Holding;

constexpr std::string_view kSubscriptions = "/subscriptions/";
constexpr std::size_t kMostMatches = 12;
constexpr std::size_t kLongestSearch = 100;
constexpr std::size_t kLongestWayBack = 4'000;  // a URL that every browser and proxy takes

// These pages are for one reader and one moment: kept nowhere, found by no search engine, and their
// address, which may hold a token, is told to no other site.
net::Response respond(int status, std::string body, const char* type = "text/html; charset=utf-8") {
  net::Response response{status, page_headers(), std::move(body)};
  response.headers.push_back({"Content-Type", type});
  response.headers.push_back({"Cache-Control", "no-store"});
  response.headers.push_back({"X-Robots-Tag", "noindex, nofollow"});
  return response;
}

// One request, answered. Short-lived.
class Visit {
 public:
  Visit(const View& view, SubscriptionDesk& desk, const net::Request& request)
      : view_(view), desk_(desk), request_(request), words_(&words_for(view, request)) {}

  net::Response subscribe();
  net::Response institutions();
  net::Response links();
  net::Response token(std::string_view token);

 private:
  bool reads() const { return request_.method == "GET" || request_.method == "HEAD"; }
  std::string source() const { return net::address_block(net::client_address(request_)); }
  std::string say(std::string_view key, std::initializer_list<Words::Argument> arguments = {}) {
    return words_->say(fmt::format("subscribe.{}", key), arguments);
  }
  std::string here(std::string_view path) const { return localized(path, view_, words_->locale()); }
  void speak(std::string_view language);

  // Looks for the institution that was typed, when it was not looked for before or the button says
  // so; true when it did. Names those that are followed; forgets those that are none.
  Result<bool> look_up(Draft& draft, bool asked);
  Banner banner_for(const Error& error);
  net::Response subscribe_form(int status, const Draft& draft, const FieldFaults& faults = {},
                               const Banner& banner = {});
  net::Response post_subscribe(const Form& form);
  net::Response post_link(const Form& form);
  net::Response confirm_form(std::string_view token, const Holding& held);
  net::Response confirm(std::string_view token);
  net::Response manage_form(int status, std::string_view token, const Holding& held,
                            const Draft& draft, const FieldFaults& faults = {},
                            const Banner& banner = {});
  net::Response manage(std::string_view token, const Holding& held, const Form& form);
  net::Response save(std::string_view token, Holding held, const Form& form);
  net::Response leave(std::string_view token, const Holding& held, const Form& form);
  net::Response leave_by_one_click(std::string_view token);
  net::Response refused_change(std::string_view token, const Holding& held, const Draft& draft,
                               const Error& error);

  net::Response tell(int status, const Told& told) {
    return respond(status, told_page(view_, *words_, told));
  }
  net::Response over(int status);
  net::Response unreadable(const Error& error);
  net::Response failed(const Error& error);
  net::Response not_allowed(const char* allowed);

  const View& view_;
  SubscriptionDesk& desk_;
  const net::Request& request_;
  const Words* words_;
};

// Who comes by a link reads the language they chose, unless the address says another.
void Visit::speak(std::string_view language) {
  if (!request_.parameter("lang").empty()) return;
  if (const auto locale = status_page::locale_from(language)) words_ = &Words::in(*locale);
}

Result<bool> Visit::look_up(Draft& draft, bool asked) {
  const std::string_view typed = trim(draft.find);
  const bool looked = asked || (!typed.empty() && typed != trim(draft.found));
  if (typed.size() > kLongestSearch || !is_utf8(typed)) draft.find.clear();
  draft.found = draft.find;
  if (characters(trim(draft.found)) >= kShortestSearch)
    draft.matches = TRY(desk_.institutions(trim(draft.found), kMostMatches));
  if (draft.choices.institutions.size() > notifications::kMostFollowed) return looked;
  draft.followed = TRY(desk_.named(draft.choices.institutions));
  return looked;
}

Banner Visit::banner_for(const Error& error) {
  switch (error.code) {
    case ErrorCode::limited: return {say(error.retry ? "crowded" : "limited")};
    case ErrorCode::precondition: return {say("raced")};
    case ErrorCode::invalid: return {say("fault.gone")};
    default: break;
  }
  log::error("web", "a subscription failed: " + error.text());
  return {say("failed.text")};
}

net::Response Visit::over(int status) {
  return tell(status, {.heading = say("over.heading"),
                       .text = say("over.text"),
                       .path = "/subscriptions",
                       .notes = {say("over.next")},
                       .links = {{here("/subscribe"), say("over.anew")}},
                       .asks_for_link = true});
}

net::Response Visit::unreadable(const Error& error) {
  const int status = error.code == ErrorCode::limited       ? 413
                     : error.code == ErrorCode::unsupported ? 415
                                                            : 400;
  return tell(status, {.heading = say("refused.heading"), .text = say("refused.text")});
}

net::Response Visit::failed(const Error& error) {
  log::error("web", "a subscription failed: " + error.text());
  return tell(http_status(error.code), {.heading = say("failed.heading"),
                                        .text = say("failed.text"),
                                        .links = {{here("/subscribe"), say("over.anew")}}});
}

net::Response Visit::not_allowed(const char* allowed) {
  net::Response response =
      respond(405, fmt::format("this path takes {}\n", allowed), "text/plain; charset=utf-8");
  response.headers.push_back({"Allow", allowed});
  return response;
}

// ---- /subscribe ----

net::Response Visit::subscribe_form(int status, const Draft& draft, const FieldFaults& faults,
                                    const Banner& banner) {
  return respond(status, subscribe_page(view_, *words_, draft, faults, banner));
}

net::Response Visit::subscribe() {
  if (reads()) {
    Draft draft = draft_from(request_, *words_);
    if (const auto named = look_up(draft, false); !named) return failed(named.error());
    return subscribe_form(200, draft);
  }
  if (request_.method != "POST") return not_allowed("GET, HEAD, POST");
  const auto form = read_form(request_);
  return form ? post_subscribe(*form) : unreadable(form.error());
}

net::Response Visit::post_subscribe(const Form& form) {
  Draft draft = draft_from(form);
  const auto looked = look_up(draft, form.text("do") == "find");
  if (!looked) return failed(looked.error());
  if (*looked) return subscribe_form(200, draft);
  FieldFaults faults;
  notifications::Subscription wanted = subscription_of(draft, view_, *words_, faults);
  if (draft.followed.size() < wanted.choices.institutions.size())
    faults.emplace("follow", say("fault.gone"));
  if (!faults.empty()) return subscribe_form(422, draft, faults);
  const std::string address =
      wanted.channel == notifications::kEmail ? wanted.address : wanted.owner;
  if (const Status asked = desk_.request(std::move(wanted), source()); !asked)
    return subscribe_form(http_status(asked.error().code), draft, {}, banner_for(asked.error()));
  return tell(200, {.heading = say("sent.heading"),
                    .text = say("sent.text", {{"address", address}}),
                    .notes = {say("sent.wait")},
                    .links = {{here("/"), words_->say("instance.back")}}});
}

// For the form's script, as one types.
net::Response Visit::institutions() {
  if (!reads()) return not_allowed("GET, HEAD");
  const std::string_view typed = trim(request_.parameter("q"));
  JsonArray found;
  if (typed.size() <= kLongestSearch && is_utf8(typed) && characters(typed) >= kShortestSearch) {
    const auto matches = desk_.institutions(typed, kMostMatches);
    if (!matches) return failed(matches.error());
    for (const InstitutionChoice& one : *matches)
      found.push_back(JsonObject{{"id", one.id}, {"name", one.name}});
  }
  return respond(200, boost::json::serialize(found), "application/json");
}

// ---- /subscriptions ----

net::Response Visit::links() {
  if (reads())
    return tell(200, {.heading = say("link.heading"),
                      .text = say("link.text"),
                      .path = "/subscriptions",
                      .links = {{here("/subscribe"), say("over.anew")}},
                      .asks_for_link = true});
  if (request_.method != "POST") return not_allowed("GET, HEAD, POST");
  const auto form = read_form(request_);
  return form ? post_link(*form) : unreadable(form.error());
}

net::Response Visit::post_link(const Form& form) {
  Told told{.heading = say("link.heading"),
            .text = say("link.text"),
            .path = "/subscriptions",
            .asks_for_link = true,
            .address = std::string(form.text("address"))};
  const auto address = spell_email(told.address);
  if (!address || address->empty()) {
    told.address_fault = say("fault.email");
    return tell(422, told);
  }
  if (const Status mailed = desk_.mail_link(*address, source()); !mailed) {
    told.address_fault = banner_for(mailed.error()).text;
    return tell(http_status(mailed.error().code), told);
  }
  return tell(200, {.heading = say("sent.heading"),
                    .text = say("link.sent", {{"address", *address}}),
                    .path = "/subscriptions",
                    .links = {{here("/"), words_->say("instance.back")}}});
}

// ---- /subscriptions/{token} ----

net::Response Visit::token(std::string_view token) {
  if (!reads() && request_.method != "POST") return not_allowed("GET, HEAD, POST");
  Form form;
  if (!reads()) {
    auto read = read_form(request_);
    if (!read) return unreadable(read.error());
    form = *std::move(read);
    // RFC 8058 section 3.2: by the recipient's mail program, without anything else.
    if (form.has("List-Unsubscribe", "One-Click")) return leave_by_one_click(token);
  }
  const auto held = desk_.look(token);
  if (!held) return held.error().code == ErrorCode::not_found ? over(404) : failed(held.error());
  speak(held->choices.language);
  if (held->use == notifications::Use::manage) return manage(token, *held, form);
  if (!held->pending) return over(410);
  return reads() ? confirm_form(token, *held) : confirm(token);
}

// Reading changes nothing: scanners of mail follow every link.
net::Response Visit::confirm_form(std::string_view token, const Holding& held) {
  const auto followed = desk_.named(held.choices.institutions);
  if (!followed) return failed(followed.error());
  return respond(200, confirm_page(view_, *words_, token, held, *followed));
}

net::Response Visit::confirm(std::string_view token) {
  const auto confirmed = desk_.confirm(token);
  if (!confirmed) {
    const ErrorCode code = confirmed.error().code;
    if (code == ErrorCode::conflict || code == ErrorCode::not_found) return over(410);
    return failed(confirmed.error());
  }
  const std::string manage = fmt::format("{}{}", kSubscriptions, confirmed->manage_token);
  Told told{.heading = say("confirmed.heading"),
            .text = say("confirmed.text"),
            .path = manage,
            .links = {{here(manage), say("confirmed.manage")},
                      {here("/"), words_->say("instance.back")}}};
  if (!confirmed->code.empty())
    told.secrets.push_back({say("confirmed.code"), confirmed->code, say("confirmed.code_about")});
  if (!confirmed->signing_secret.empty())
    told.secrets.push_back(
        {say("confirmed.secret"), confirmed->signing_secret, say("confirmed.secret_about")});
  return tell(200, told);
}

net::Response Visit::manage_form(int status, std::string_view token, const Holding& held,
                                 const Draft& draft, const FieldFaults& faults,
                                 const Banner& banner) {
  return respond(status, manage_page(view_, *words_, token, held, draft, faults, banner));
}

net::Response Visit::manage(std::string_view token, const Holding& held, const Form& form) {
  if (held.pending) return over(410);
  const std::string_view wanted = form.text("do");
  if (wanted == "leave") return leave(token, held, form);
  if (wanted == "return" && held.contact) {
    const Status back = desk_.change(token, held.choices, "", 0);
    if (!back) return failed(back.error());
  } else if (!reads()) {
    return save(token, held, form);
  } else if (held.left) {
    return tell(200, {.heading = say("left.heading"),
                      .text = say("left.text", {{"address", held.address}}),
                      .path = fmt::format("{}{}", kSubscriptions, token),
                      .button = say("left.back"),
                      .button_does = "return"});
  }
  Draft draft{.choices = held.choices};
  if (const auto named = look_up(draft, false); !named) return failed(named.error());
  return manage_form(200, token, held, draft);
}

net::Response Visit::save(std::string_view token, Holding held, const Form& form) {
  Draft draft = draft_from(form);
  if (held.contact) {
    draft.choices.language = held.choices.language;
    draft.choices.institutions.clear();
  }
  const auto looked = look_up(draft, form.text("do") == "find");
  if (!looked) return failed(looked.error());
  if (*looked) return manage_form(200, token, held, draft);
  FieldFaults faults;
  notifications::Choices choices = choices_of(draft, view_, *words_, faults);
  if (held.contact)
    std::erase_if(faults, [](const auto& fault) { return fault.first != "topics"; });
  else if (draft.followed.size() < choices.institutions.size())
    faults.emplace("follow", say("fault.gone"));
  if (!faults.empty()) return manage_form(422, token, held, draft, faults);
  std::uint64_t version = 0;
  for (const char digit : form.text("version").substr(0, 19))
    if (digit >= '0' && digit <= '9') version = version * 10 + static_cast<unsigned>(digit - '0');
  // Rows that are hidden from the public were not in the form: they are followed as before.
  for (const std::string& id : held.choices.instances)
    if (view_.find(id) == nullptr && view_.cloud().instances.contains(inventory::InstanceId(id)))
      choices.instances.push_back(id);
  if (const Status changed = desk_.change(token, choices, draft.code, version); !changed)
    return refused_change(token, held, draft, changed.error());
  const auto now = desk_.look(token);
  if (!now) return over(404);
  speak(now->choices.language);
  draft.choices = now->choices;
  return manage_form(200, token, *now, draft, {}, {say("manage.saved"), false});
}

net::Response Visit::refused_change(std::string_view token, const Holding& held, const Draft& draft,
                                    const Error& error) {
  if (error.code == ErrorCode::not_found) return over(404);
  const int status = http_status(error.code);
  if (error.code == ErrorCode::forbidden)
    return manage_form(status, token, held, draft, {{"code", say("fault.code")}});
  if (error.code == ErrorCode::limited)
    return manage_form(status, token, held, draft, {{"code", say("limited_code")}});
  return manage_form(status, token, held, draft, {}, banner_for(error));
}

net::Response Visit::leave(std::string_view token, const Holding& held, const Form& form) {
  if (const Status left = desk_.leave(token, form.text("code")); !left) {
    Draft draft = draft_from(form);
    if (const auto named = look_up(draft, false); !named) return failed(named.error());
    return refused_change(token, held, draft, left.error());
  }
  Told told{.heading = say("left.heading"),
            .text = say("left.text", {{"address", held.address}}),
            .path = held.contact ? fmt::format("{}{}", kSubscriptions, token) : "/subscribe",
            .notes = {say("left.mistake")}};
  if (held.contact) {
    told.button = say("left.back");
    told.button_does = "return";
    return tell(200, told);
  }
  std::string back = here("/subscribe");
  const auto add = [&](std::string_view name, const std::vector<std::string>& values) {
    for (const std::string& value : values)
      if (back.size() < kLongestWayBack)
        back += fmt::format("{}{}={}", back.contains('?') ? '&' : '?', name, escape_url(value));
  };
  add("product", held.choices.products);
  add("follow", held.choices.institutions);
  add("instance", held.choices.instances);
  told.links = {{back, say("left.back")}};
  return tell(200, told);
}

net::Response Visit::leave_by_one_click(std::string_view token) {
  const Status left = desk_.leave(token, "");
  const ErrorCode code = left ? ErrorCode::internal : left.error().code;
  // Who left already has left; mail programs ask twice.
  if (left || (code == ErrorCode::not_found && desk_.is_ours(token)))
    return respond(200, "unsubscribed\n", "text/plain; charset=utf-8");
  if (code == ErrorCode::not_found) return over(404);
  if (code != ErrorCode::forbidden && code != ErrorCode::limited) return failed(left.error());
  return tell(403, {.heading = say("code_needed.heading"),
                    .text = say("code_needed.text"),
                    .path = fmt::format("{}{}", kSubscriptions, token)});
}

}  // namespace

std::optional<net::Response> subscriptions(const View& view, SubscriptionDesk& desk,
                                           const net::Request& request) {
  if (!view.facts().takes_subscriptions) return std::nullopt;
  const std::string_view path = request.path;
  Visit visit(view, desk, request);
  if (path == "/subscribe") return visit.subscribe();
  if (path == "/subscribe/institutions") return visit.institutions();
  if (path == "/subscriptions") return visit.links();
  if (!path.starts_with(kSubscriptions)) return std::nullopt;
  const std::string_view token = path.substr(kSubscriptions.size());
  if (token.contains('/')) return std::nullopt;
  return visit.token(token);
}

}  // namespace nocturn::web
