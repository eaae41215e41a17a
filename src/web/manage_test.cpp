#include "web/subscribing_test.h"

// What the links in mails open: confirming, choosing, leaving.
namespace nocturn::web {
namespace {

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

}  // namespace
}  // namespace nocturn::web
