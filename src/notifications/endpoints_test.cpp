#include "notifications/endpoints.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "notifications/events.h"
#include "notifications/fixture_test.h"
#include "support/endpoint_table.h"

// What the operators' API answers, with a real store and ledger; nothing is carried out.
namespace nocturn::notifications {
namespace {

class Api : public NotificationsTest {
 protected:
  void SetUp() override {
    NotificationsTest::SetUp();
    table_ = endpoints({.ledger = ledger_.get(),
                        .database = database_.get(),
                        .clock = &clock_,
                        .random = &random_,
                        .notifications = notifications_.get(),
                        .view = [this] { return view(); }});
  }
  void subscribe(const std::string& id, Choices choices) {
    Subscription wanted;
    wanted.id = SubscriptionId(id);
    wanted.address = id + "@example.org";
    wanted.choices = std::move(choices);
    record({events::requested(wanted, clock_.wall() + std::chrono::hours(24)),
            events::confirmed(wanted.id)});
  }
  Result<Json> call(const std::string& method, const std::string& path, Json body = nullptr,
                    bool every_right = true) {
    return testing::call(table_, {.method = method,
                                  .path = "/api/v1/notifications" + path,
                                  .body = std::move(body),
                                  .every_right = every_right});
  }
  // The texts under `name` of the objects in the answer's list.
  static std::vector<std::string> each(const Result<Json>& answer, std::string_view list,
                                       std::string_view name) {
    std::vector<std::string> texts;
    EXPECT_TRUE(answer) << answer.error().text();
    if (answer)
      for (const Json& one : answer->at(list).as_array())
        texts.emplace_back(one.at(name).as_string());
    return texts;
  }

  using Texts = std::vector<std::string>;
  std::vector<net::Endpoint> table_;
};

TEST_P(Api, lists_notices_that_go_on_apart_from_those_that_are_over) {
  subscribe("ann", {.instances = {"cat-1"}});
  OpenNotice open{.id = NoticeId("going-on"), .topic = Topic::trouble};
  open.rows = {{.instance = "cat-1", .indicator = status_page::Indicator::performance},
               {.instance = "cat-2", .indicator = status_page::Indicator::interruption}};
  NoticeChange change;
  change.rows = open.rows;
  record({events::notice_changed(open, change, true)});
  tell("a-note", {"ann"});
  EXPECT_EQ(each(call("GET", "/notices"), "notices", "id"), (Texts{"going-on", "a-note"}));
  EXPECT_EQ(each(call("GET", "/notices?state=over"), "notices", "id"), Texts{"a-note"});
  const auto going_on = call("GET", "/notices?state=open");
  ASSERT_EQ(each(going_on, "notices", "id"), Texts{"going-on"});
  const Json& one = going_on->at("notices").at(0);
  EXPECT_TRUE(one.at("latest").is_null()) << "nobody was told anything";
  EXPECT_EQ(one.at("indicator"), "interruption") << "the worst of its rows";
  EXPECT_EQ(one.at("affected"), 2);
  const auto about = [&](std::string instance, std::string state = "") {
    return each(
        call("GET", fmt::format("/notices?instance={}&state={}", escape_url(instance), state)),
        "notices", "id");
  };
  EXPECT_EQ(about("cat-1"), (Texts{"going-on", "a-note"}));
  EXPECT_EQ(about("cat-1", "over"), Texts{"a-note"}) << "it was told of it";
  EXPECT_EQ(about("cat-2"), Texts{"going-on"}) << "nobody was told yet";
  for (const char* none : {"cat-9", "cat", "cat-_", "%", "Soon."}) EXPECT_EQ(about(none), Texts{});
  const auto note = call("GET", "/notices/a-note");
  EXPECT_EQ(each(note, "rows", "instance"), Texts{"cat-1"}) << "as it was told last";
  EXPECT_EQ(note->at("notice").at("latest").at("title"), "New search");
}

TEST_P(Api, names_who_was_told_by_address_for_those_alone_who_may_read_addresses) {
  for (const char* id : {"ann", "bob", "cleo"}) subscribe(id, {.instances = {"cat-1"}});
  tell("a-note", {"ann", "bob", "cleo"});
  const auto deliveries = [&](const std::string& state, bool every_right = true) {
    return call("GET", "/notices/a-note/deliveries?state=" + state, nullptr, every_right);
  };
  const auto sent = each(deliveries("queued"), "deliveries", "id");
  ASSERT_EQ(sent.size(), 3U);
  using State = Delivery::State;
  const events::Settled ends[] = {{std::stoll(sent[0]), State::sent, "250 2.0.0"},
                                  {std::stoll(sent[1]), State::refused, "550 5.1.1"},
                                  {std::stoll(sent[2]), State::given_up, "451 4.0.0"}};
  record({events::settled(ends), events::ended(SubscriptionId("cleo"), "left", "")});
  EXPECT_EQ(each(deliveries("sent"), "deliveries", "address"), Texts{"ann@example.org"});
  EXPECT_EQ(each(deliveries("sent", false), "deliveries", "address"), Texts{""});
  EXPECT_EQ(each(deliveries("failed"), "deliveries", "address"), (Texts{"bob@example.org", ""}));
  EXPECT_FALSE(deliveries("failed")->at("deliveries").at(1).at("known").as_bool());
}

TEST_P(Api, lists_who_is_in_quarantine_until_they_are_released) {
  subscribe("ann", {.instances = {"cat-1"}});
  record({events::quarantined(RecipientId("ann"), "refused: 550 5.1.1"),
          events::quarantined(RecipientId("nobody"), "complained")});
  const auto list = [&] { return call("GET", "/quarantine"); };
  EXPECT_EQ(each(list(), "recipients", "address"), (Texts{"ann@example.org", ""}));
  EXPECT_EQ(each(list(), "recipients", "because"), (Texts{"refused: 550 5.1.1", "complained"}));
  const auto first = call("GET", "/quarantine?limit=1");
  ASSERT_FALSE(first->at("next").is_null());
  const std::string cursor(first->at("next").as_string());
  EXPECT_EQ(each(call("GET", "/quarantine?cursor=" + cursor), "recipients", "recipient"),
            Texts{"nobody"});
  ASSERT_TRUE(call("DELETE", "/quarantine/ann"));
  EXPECT_EQ(each(list(), "recipients", "recipient"), Texts{"nobody"});
}

TEST_P(Api, shows_the_letter_of_a_note_in_every_language_and_all_its_mistakes_at_once) {
  subscribe("ann", {.instances = {"cat-1"}});
  const auto preview = [&](Json body) { return call("POST", "/preview", std::move(body)); };
  const auto alone = preview({{"topic", "information"}, {"instances", {"cat-1"}}});
  ASSERT_TRUE(alone) << alone.error().text();
  EXPECT_EQ(alone->at("count"), 1);
  EXPECT_TRUE(alone->at("letters").as_array().empty());
  const auto written = preview({{"topic", "information"},
                                {"instances", {"cat-1"}},
                                {"title", "New <search>"},
                                {"words", "It opens on Monday."}});
  EXPECT_EQ(each(written, "letters", "language"), (Texts{"en", "he"}));
  const auto letters = each(written, "letters", "html");
  for (const std::string& html : letters) {
    EXPECT_TRUE(html.contains("It opens on Monday."));
    EXPECT_TRUE(html.contains("New &lt;search&gt;")) << html;
  }
  for (const char* path : {"/preview", "/notes"}) {
    const auto wrong = call("POST", path,
                            {{"topic", "information"},
                             {"instances", {"cat-9"}},
                             {"title", " "},
                             {"words", "\n"},
                             {"next_update", "2020-01-01T00:00:00Z"}});
    ASSERT_FALSE(wrong);
    for (const char* part : {"cat-9", "title", "say something", "next_update"})
      EXPECT_TRUE(wrong.error().message.contains(part)) << path << wrong.error().message;
  }
}

TEST_P(Api, goes_on_with_a_notice_in_its_thread_and_of_its_topic) {
  subscribe("ann", {.instances = {"cat-1"}, .topics = {Topic::information}});
  tell("a-note", {"ann"});
  const Json more{{"topic", "trouble"},
                  {"instances", {"cat-1"}},
                  {"title", "It is here"},
                  {"words", "Try it."},
                  {"notice", "a-note"}};
  const auto looked = call("POST", "/preview", more);
  ASSERT_TRUE(looked) << looked.error().text();
  EXPECT_EQ(looked->at("count"), 1) << "who wants to hear of the notice's topic";
  ASSERT_TRUE(call("POST", "/notes", more));
  const auto shown = call("GET", "/notices/a-note");
  EXPECT_EQ(each(shown, "tellings", "title"), (Texts{"New search", "It is here"}));
  Json lost = more;
  lost.as_object()["notice"] = "no-such";
  EXPECT_EQ(call("POST", "/preview", lost).error().code, ErrorCode::not_found);
}

INSTANTIATE_TEST_SUITE_P(Stores, Api,
                         ::testing::Values(store::Backend::sqlite, store::Backend::postgresql),
                         store::backend_name);

}  // namespace
}  // namespace nocturn::notifications
