#include "web/subscribing_test.h"

// Asking for a subscription: the form, what is refused, and how often one may ask.
namespace nocturn::web {
namespace {

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
