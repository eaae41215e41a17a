#include <gtest/gtest.h>

#include "base/text.h"
#include "support/subscription_site.h"
#include "web/web.h"

// The pages of subscriptions over a real desk and store.
namespace nocturn::web {
namespace {

using notifications::Use;
using Fields = std::vector<std::pair<std::string, std::string>>;

std::string body_of(const Fields& fields) {
  std::string body;
  for (const auto& [name, value] : fields)
    body += fmt::format("{}{}={}", body.empty() ? "" : "&", escape_url(name), escape_url(value));
  return body;
}

std::string header(const net::Response& response, std::string_view name) {
  for (const net::Header& each : response.headers)
    if (each.name == name) return each.value;
  return {};
}

bool holds(const net::Response& response, std::string_view text) {
  return response.body.find(text) != std::string::npos;
}

class Subscribing : public ::testing::Test {
 protected:
  net::Response ask(net::Request request) {
    auto response = subscriptions(site_.view(), site_.desk(), request);
    EXPECT_TRUE(response) << request.path;
    return response.value_or(net::Response{});
  }
  net::Response get(const std::string& path, const Fields& query = {}) {
    net::Request request;
    request.method = "GET";
    request.path = request.target = path;
    request.query = query;
    return ask(std::move(request));
  }
  net::Response post(const std::string& path, const Fields& fields, const Fields& query = {}) {
    net::Request request;
    request.method = "POST";
    request.path = request.target = path;
    request.query = query;
    request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
    request.body = body_of(fields);
    request.peer = "192.0.2.7";
    return ask(std::move(request));
  }

  static Fields wanted(const std::string& email) {
    return {{"email", email},     {"institution", "Northgate"}, {"instance", "catalog-eu01"},
            {"topic", "trouble"}, {"language", "en"},           {"pace", "at_once"},
            {"channel", "email"}, {"do", "subscribe"}};
  }
  // Asked for and confirmed; the id.
  std::string subscribed(const Fields& fields) {
    EXPECT_EQ(post("/subscribe", fields).status, 200);
    const std::string id = site_.subscriptions_of(fields[0].second).back();
    EXPECT_EQ(post(path(Use::confirm, id), {{"do", "confirm"}}).status, 200);
    return id;
  }
  std::string path(Use use, const std::string& id) {
    return "/subscriptions/" + site_.token(use, id);
  }

  testing::SubscriptionSite site_;
};

TEST_F(Subscribing, goes_from_the_form_to_leaving_without_a_script) {
  const auto form = get("/subscribe", {{"instance", "catalog-eu01"}});
  EXPECT_EQ(form.status, 200);
  EXPECT_TRUE(holds(form, "value=\"catalog-eu01\" checked"));
  EXPECT_FALSE(holds(form, "value=\"catalog-eu02\" checked"));

  EXPECT_TRUE(holds(post("/subscribe", wanted("ann@northgate.example")), "Look into your mail"));
  const std::string id = site_.subscriptions_of("ann@northgate.example").at(0);
  const std::string confirm = path(Use::confirm, id), manage = path(Use::manage, id);
  EXPECT_TRUE(holds(get(confirm), "ann@northgate.example"));
  EXPECT_TRUE(holds(get(confirm), "Catalog EU01")) << "and looking twice confirms nothing";
  EXPECT_EQ(get(manage).status, 410) << "nothing is managed before it is confirmed";

  const auto confirmed = post(confirm, {{"do", "confirm"}});
  EXPECT_TRUE(holds(confirmed, "You are subscribed"));
  EXPECT_TRUE(holds(confirmed, manage));

  auto choices = get(manage);
  EXPECT_TRUE(holds(choices, "value=\"catalog-eu01\" checked"));
  const auto saved = post(manage, {{"instance", "catalog-na01"},
                                   {"product", "discovery"},
                                   {"topic", "maintenance"},
                                   {"language", "he"},
                                   {"pace", "digest"},
                                   {"do", "save"}});
  EXPECT_EQ(saved.status, 200);
  EXPECT_TRUE(holds(saved, "<html lang=\"he\" dir=\"rtl\">"));
  const auto kept = site_.desk().look(site_.token(Use::manage, id)).value().choices;
  EXPECT_EQ(kept.instances, std::vector<std::string>{"catalog-na01"});
  EXPECT_EQ(kept.products, std::vector<std::string>{"discovery"});
  EXPECT_EQ(kept.topics, std::vector{notifications::Topic::maintenance});
  EXPECT_TRUE(kept.digest);

  const auto left = post(manage, {{"do", "leave"}}, {{"lang", "en"}});
  EXPECT_TRUE(holds(left, "You have left"));
  EXPECT_TRUE(holds(left, "/subscribe?product=discovery&amp;instance=catalog-na01"));
  EXPECT_EQ(get(manage).status, 404);
  EXPECT_TRUE(site_.subscriptions_of("ann@northgate.example").empty());
}

TEST_F(Subscribing, tells_every_fault_at_its_field_and_loses_nothing) {
  const auto page = post("/subscribe", {{"email", "no address \"><script>alert(1)</script>"},
                                        {"institution", "<script>alert(2)</script>"},
                                        {"instance", "no-such-row"},
                                        {"language", "xx"},
                                        {"pace", "digest"},
                                        {"channel", "email"},
                                        {"url", "https://x.example/?\"'<>"},
                                        {"shared", "yes"}});
  EXPECT_EQ(page.status, 422);
  for (const char* fault : {"email-fault", "follow-fault", "topics-fault", "language-fault"})
    EXPECT_TRUE(holds(page, fmt::format("id=\"{}\"", fault))) << fault;
  EXPECT_TRUE(holds(page, "no address &quot;&gt;&lt;script&gt;"));
  EXPECT_TRUE(holds(page, "value=\"&lt;script&gt;alert(2)&lt;/script&gt;\""));
  EXPECT_TRUE(holds(page, "https://x.example/?&quot;&#39;&lt;&gt;"));
  EXPECT_TRUE(holds(page, "value=\"digest\" checked"));
  EXPECT_TRUE(
      holds(page, "name=\"shared\" value=\"yes\" aria-describedby=\"shared-hint\" checked"));
  EXPECT_FALSE(holds(page, "<script>alert"));
  EXPECT_EQ(site_.mails_caused(), 0U);
}

TEST_F(Subscribing, takes_addresses_of_the_whole_world_and_refuses_tricks) {
  for (const char* email : {"δοκιμή@παράδειγμα.δοκιμή", "אבי@ספריה.קום", "o'hara+news@x.example"})
    EXPECT_EQ(post("/subscribe", wanted(email)).status, 200) << email;
  const std::string label(63, 'b');
  const std::string longest =
      fmt::format("{}@{}.{}.{}", std::string(64, 'a'), label, label, std::string(61, 'b'));
  EXPECT_EQ(post("/subscribe", wanted(longest)).status, 200);
  for (const std::string& email : {longest + "b", std::string("a@b.example\r\nBcc: all@b.example"),
                                   std::string("a@b\n.example"), std::string("a\u202e@b.example"),
                                   std::string("a b@c.example"), std::string("")})
    EXPECT_EQ(post("/subscribe", wanted(email)).status, 422) << email;
  EXPECT_EQ(site_.mails_caused(), 4U);
}

TEST_F(Subscribing, answers_the_same_for_known_and_unknown_addresses) {
  subscribed(wanted("known@x.example"));
  auto again = post("/subscribe", wanted("known@x.example"));
  auto fresh = post("/subscribe", wanted("fresh@x.example"));
  const auto same = [](std::string text, const std::string& address) {
    for (std::size_t at; (at = text.find(address)) != std::string::npos;)
      text.replace(at, address.size(), "X");
    return text;
  };
  EXPECT_EQ(again.status, fresh.status);
  EXPECT_EQ(same(again.body, "known@x.example"), same(fresh.body, "fresh@x.example"));
  again = post("/subscriptions", {{"address", "known@x.example"}});
  fresh = post("/subscriptions", {{"address", "nobody@x.example"}});
  EXPECT_EQ(again.status, fresh.status);
  EXPECT_EQ(same(again.body, "known@x.example"), same(fresh.body, "nobody@x.example"));
}

TEST_F(Subscribing, finds_institutions_by_a_button_or_a_script) {
  Fields fields = wanted("ann@x.example");
  fields.emplace_back("find", "gate");
  fields.back().second = "westf";
  fields[7].second = "find";
  const auto page = post("/subscribe", fields);
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(holds(page, "Westfield &lt;College&gt; &amp; Library"));
  EXPECT_TRUE(holds(page, "value=\"ann@x.example\""));
  EXPECT_TRUE(holds(page, "name=\"found\" value=\"westf\""));
  EXPECT_EQ(site_.mails_caused(), 0U);

  fields[7].second = "subscribe";
  EXPECT_TRUE(holds(post("/subscribe", fields), "Westfield")) << "Enter in the field finds, too";
  fields.emplace_back("found", "westf");
  fields.emplace_back("follow", "westfield");
  EXPECT_TRUE(holds(post("/subscribe", fields), "Look into your mail"));
  const auto id = site_.subscriptions_of("ann@x.example").at(0);
  EXPECT_TRUE(holds(get(path(Use::confirm, id)), "Westfield &lt;College&gt;"));

  const auto list = get("/subscribe/institutions", {{"q", "northg"}});
  EXPECT_EQ(list.body, R"([{"id":"northgate","name":"Northgate University"}])");
  EXPECT_EQ(get("/subscribe/institutions", {{"q", "no"}}).body, "[]") << "nobody leafs through";
  EXPECT_EQ(get("/subscribe/institutions", {{"q", "%%%"}}).body, "[]");

  fields.back().second = "nobody-at-all";
  EXPECT_EQ(post("/subscribe", fields).status, 422);
}

TEST_F(Subscribing, knows_no_row_that_is_hidden) {
  status_page::Facts facts = site_.view().facts();
  facts.single_tenant_public = false;
  const auto view = status_page::View::make(facts).value();
  net::Request request;
  request.method = "POST";
  request.path = "/subscribe";
  request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  Fields fields = wanted("ann@x.example");
  fields[2].second = "catalog-st-abbey";
  request.body = body_of(fields);
  const auto hidden = *subscriptions(*view, site_.desk(), request);
  fields[2].second = "no-such-row";
  request.body = body_of(fields);
  EXPECT_EQ(hidden.status, 422);
  EXPECT_EQ(hidden.body, subscriptions(*view, site_.desk(), request)->body);
  EXPECT_FALSE(holds(hidden, "ST Abbey"));
  EXPECT_EQ(post("/subscribe", {{"email", "a@b.c"},
                                {"instance", "catalog-st-abbey"},
                                {"topic", "trouble"},
                                {"language", "en"}})
                .status,
            200);
}

TEST_F(Subscribing, shows_the_code_of_a_shared_address_once_and_asks_for_it) {
  Fields fields = wanted("desk@x.example");
  fields.emplace_back("shared", "yes");
  EXPECT_EQ(post("/subscribe", fields).status, 200);
  const std::string id = site_.subscriptions_of("desk@x.example").at(0);
  const auto confirmed = post(path(Use::confirm, id), {});
  const std::size_t at = confirmed.body.find("<code dir=\"ltr\">");
  ASSERT_NE(at, std::string::npos);
  const std::string code = confirmed.body.substr(at + 16, 8);
  EXPECT_EQ(post(path(Use::confirm, id), {}).status, 410) << "and not again";

  const std::string manage = path(Use::manage, id);
  EXPECT_TRUE(holds(get(manage), "id=\"code\""));
  const auto clicked = post(manage, {{"List-Unsubscribe", "One-Click"}});
  EXPECT_EQ(clicked.status, 403);
  EXPECT_TRUE(holds(clicked, "A code is needed"));
  Fields changes = {{"do", "save"},
                    {"topic", "trouble"},
                    {"product", "catalog"},
                    {"language", "en"},
                    {"code", "00000000"}};
  const auto refused = post(manage, changes);
  EXPECT_EQ(refused.status, 403);
  EXPECT_TRUE(holds(refused, "id=\"code-fault\""));
  EXPECT_TRUE(holds(refused, "value=\"catalog\" checked")) << "nothing chosen is lost";
  changes.back().second = " " + code + " ";
  EXPECT_EQ(post(manage, changes).status, 200);
  EXPECT_EQ(post(manage, {{"do", "leave"}}).status, 403);
  site_.admit(true, false);
  EXPECT_EQ(post(manage, {{"do", "leave"}, {"code", code}}).status, 429);
  site_.admit(true, true);
  EXPECT_EQ(post(manage, {{"do", "leave"}, {"code", code}}).status, 200);
}

TEST_F(Subscribing, shows_the_signing_secret_of_a_webhook_once) {
  Fields fields = wanted("ops@x.example");
  fields[6].second = "webhook";
  EXPECT_TRUE(holds(post("/subscribe", fields), "id=\"url-fault\""));
  fields.emplace_back("url", "https://hooks.x.example/in?key=1");
  EXPECT_TRUE(holds(post("/subscribe", fields), "We sent a mail to ops@x.example"));
  const std::string id = site_.subscriptions_of("ops@x.example").at(0);
  const auto confirmed = post(path(Use::confirm, id), {});
  EXPECT_TRUE(holds(confirmed, "Signing secret"));
  EXPECT_FALSE(holds(get(path(Use::manage, id)), "Signing secret"));
}

TEST_F(Subscribing, leaves_by_one_click_as_mail_programs_do) {
  const std::string id = subscribed(wanted("ann@x.example"));
  net::Request request;
  request.method = "POST";
  request.path = path(Use::manage, id);
  request.headers = {{"content-type", "multipart/form-data; boundary=b"}};
  request.body =
      "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--";
  EXPECT_EQ(ask(request).status, 200);
  EXPECT_TRUE(site_.subscriptions_of("ann@x.example").empty());
  EXPECT_EQ(ask(request).status, 200) << "who left has left";
  request.path.back() = request.path.back() == 'A' ? 'E' : 'A';
  EXPECT_EQ(ask(request).status, 404);
}

TEST_F(Subscribing, lets_contacts_choose_topics_leave_and_come_back) {
  const std::string manage = path(Use::manage, site_.contact());
  const auto page = get(manage);
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(holds(page, "account assets of your institution"));
  EXPECT_TRUE(holds(page, "Catalog"));
  EXPECT_FALSE(holds(page, "name=\"instance\"")) << "their rows are not theirs to choose";
  EXPECT_EQ(post(manage, {{"do", "save"}}).status, 422);
  EXPECT_TRUE(
      holds(post(manage, {{"do", "save"}, {"topic", "trouble"}, {"pace", "digest"}}), "Saved"));
  EXPECT_TRUE(holds(post(manage, {{"do", "leave"}}), "Come back"));
  EXPECT_TRUE(holds(get(manage), "You have left"));
  EXPECT_TRUE(holds(post(manage, {{"do", "return"}}), "What you are told of"));
  const auto held = site_.desk().look(site_.token(Use::manage, site_.contact())).value();
  EXPECT_FALSE(held.left);
  EXPECT_TRUE(held.choices.digest);
  EXPECT_EQ(held.choices.topics, std::vector{notifications::Topic::trouble});
}

TEST_F(Subscribing, tells_whose_address_refuses_what_to_do) {
  const std::string id = subscribed(wanted("ann@x.example"));
  site_.quarantine(id);
  const auto page = get(path(Use::manage, id));
  EXPECT_TRUE(holds(page, "Nothing is sent at present: ann@x.example refused our messages."));
  EXPECT_EQ(post(path(Use::manage, id), {{"do", "leave"}}).status, 200);

  site_.quarantine(site_.contact());
  const auto contact = get(path(Use::manage, site_.contact()));
  EXPECT_TRUE(holds(contact, "Nothing is sent at present"));
  EXPECT_TRUE(holds(contact, "tell the operating center")) << "subscribing sets no contact free";
}

TEST_F(Subscribing, does_not_let_an_old_page_undo_a_newer_choice) {
  const std::string id = subscribed(wanted("ann@x.example")), manage = path(Use::manage, id);
  const std::string seen =
      fmt::format("{}", site_.desk().look(site_.token(Use::manage, id))->version);
  Fields fields = {{"do", "save"},
                   {"topic", "trouble"},
                   {"product", "catalog"},
                   {"language", "en"},
                   {"version", seen}};
  EXPECT_EQ(post(manage, fields).status, 200);
  fields[2].second = "discovery";
  const auto raced = post(manage, fields);
  EXPECT_EQ(raced.status, 412);
  EXPECT_TRUE(holds(raced, "Somebody changed this meanwhile"));
  EXPECT_TRUE(holds(raced, "value=\"discovery\" checked"));
  const std::string now =
      fmt::format("{}", site_.desk().look(site_.token(Use::manage, id))->version);
  EXPECT_TRUE(holds(raced, fmt::format("name=\"version\" value=\"{}\"", now)));
}

TEST_F(Subscribing, refuses_tokens_that_were_used_are_late_or_guessed) {
  EXPECT_EQ(post("/subscribe", wanted("late@x.example")).status, 200);
  const std::string id = site_.subscriptions_of("late@x.example").at(0);
  site_.clock().advance(std::chrono::hours(25));
  const auto late = post(path(Use::confirm, id), {});
  EXPECT_EQ(late.status, 410);
  EXPECT_TRUE(holds(late, "action=\"/subscriptions\"")) << "says what to do next";
  const std::string right = site_.token(Use::manage, site_.contact());
  for (std::size_t i = 0; i < right.size(); ++i) {
    std::string guess = right;
    guess[i] = guess[i] == 'x' ? 'y' : 'x';
    const auto page = get("/subscriptions/" + guess);
    EXPECT_EQ(page.status, 404) << i;
    EXPECT_FALSE(holds(page, guess)) << "a guess is not repeated";
  }
  for (const std::string& guess :
       {std::string("x"), std::string(4'000, 'a'), std::string("<script>"), std::string("é")})
    EXPECT_EQ(get("/subscriptions/" + guess).status, 404);
  const std::string other = site_.token(Use::confirm, site_.contact());
  EXPECT_EQ(get("/subscriptions/" + other).status, 404) << "a contact has nothing to confirm";
}

TEST_F(Subscribing, keeps_tokens_to_itself) {
  const std::string token = "/subscriptions/" + site_.token(Use::manage, site_.contact());
  for (const auto& page : {get(token), get("/subscribe"), get("/subscriptions/wrong")}) {
    EXPECT_EQ(header(page, "Cache-Control"), "no-store");
    EXPECT_EQ(header(page, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(page, "X-Robots-Tag"), "noindex, nofollow");
    EXPECT_NE(header(page, "Content-Security-Policy").find("default-src 'none'"),
              std::string::npos);
    EXPECT_TRUE(header(page, "ETag").empty());
    EXPECT_FALSE(holds(page, " style=\""));
  }
}

TEST_F(Subscribing, limits_who_asks_too_often) {
  site_.admit(false, true);
  const auto page = post("/subscribe", wanted("ann@x.example"));
  EXPECT_EQ(page.status, 429);
  EXPECT_TRUE(holds(page, "Too many requests"));
  EXPECT_TRUE(holds(page, "value=\"ann@x.example\""));
  EXPECT_EQ(post("/subscriptions", {{"address", "ann@x.example"}}).status, 429);
  EXPECT_EQ(site_.mails_caused(), 0U);
}

TEST_F(Subscribing, limits_how_many_all_together_ask_for_and_nobody_who_subscribed) {
  const std::string manage = site_.token(notifications::Use::manage, site_.contact());
  const int most = site_.view().cloud().notifications.confirmations_per_hour;
  for (int i = 0; i < most; ++i)
    ASSERT_EQ(post("/subscribe", wanted(fmt::format("reader{}@x.example", i))).status, 200) << i;
  for (const char* language : {"en", "he"}) {
    const auto page = post("/subscribe", wanted("ann@x.example"), {{"lang", language}});
    EXPECT_EQ(page.status, 429);
    EXPECT_TRUE(holds(
        page, std::string_view(language) == "en" ? "Very many people ask" : "רבים מאוד מבקשים"));
    EXPECT_TRUE(holds(page, "value=\"ann@x.example\""));
  }
  EXPECT_EQ(site_.mails_caused(), static_cast<std::size_t>(most));
  EXPECT_EQ(site_.desk().turned_away(), 2U);
  EXPECT_EQ(post("/subscriptions", {{"address", "ann@x.example"}}).status, 200);
  EXPECT_EQ(get("/subscriptions/" + manage).status, 200);
  site_.clock().advance(std::chrono::minutes(1));
  EXPECT_EQ(post("/subscribe", wanted("ann@x.example")).status, 200);
}

TEST_F(Subscribing, refuses_bodies_that_are_too_much) {
  net::Request request;
  request.method = "POST";
  request.path = "/subscribe";
  request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  request.body = "email=" + std::string(1024 * 1024, 'a');
  EXPECT_EQ(ask(request).status, 413);
  request.headers = {{"content-type", "application/json"}};
  request.body = "{}";
  EXPECT_EQ(ask(request).status, 415);
  Fields fields = wanted("ann@x.example");
  for (int i = 0; i < 3'000; ++i) fields.emplace_back("instance", fmt::format("x{}", i));
  EXPECT_EQ(post("/subscribe", fields).status, 422);
  for (int i = 0; i < 7'000; ++i) fields.emplace_back("instance", fmt::format("y{}", i));
  EXPECT_EQ(post("/subscribe", fields).status, 413);
  Fields many = wanted("ann@x.example");
  for (int i = 0; i < 3'000; ++i) many.emplace_back("follow", fmt::format("x{}", i));
  EXPECT_TRUE(holds(post("/subscribe", many), "At most 2,000"));
  EXPECT_EQ(site_.mails_caused(), 0U);
}

TEST_F(Subscribing, says_which_methods_a_path_takes) {
  net::Request request;
  request.method = "DELETE";
  for (const char* path :
       {"/subscribe", "/subscribe/institutions", "/subscriptions", "/subscriptions/x"}) {
    request.path = path;
    const auto response = ask(request);
    EXPECT_EQ(response.status, 405) << path;
    EXPECT_TRUE(header(response, "Allow").starts_with("GET, HEAD")) << path;
  }
  request.method = "HEAD";
  request.path = "/subscribe";
  EXPECT_EQ(ask(request).status, 200);
}

TEST_F(Subscribing, is_not_there_where_none_are_taken) {
  status_page::Facts facts = site_.view().facts();
  facts.takes_subscriptions = false;
  const auto view = status_page::View::make(facts).value();
  net::Request request;
  request.method = "GET";
  for (const char* path : {"/subscribe", "/subscriptions", "/subscriptions/x"}) {
    request.path = path;
    EXPECT_FALSE(subscriptions(*view, site_.desk(), request)) << path;
  }
  for (const char* path : {"/", "/instances/catalog-eu01"}) {
    request.path = path;
    EXPECT_TRUE(holds(*answer(site_.view(), request), "/subscribe")) << path;
    EXPECT_FALSE(holds(*answer(*view, request), "subscribe")) << path;
  }
  request.path = "/somewhere/else";
  EXPECT_FALSE(subscriptions(site_.view(), site_.desk(), request));
}

}  // namespace
}  // namespace nocturn::web
