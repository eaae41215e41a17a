#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "net/smtp_dialogue_test.h"
#include "net/smtp_scripted_relay_test.h"

// The dialogue against a relay that answers by a plan, the bytes in any pieces: it must tell what a
// client tells that waits for each answer, and each mail once, wherever the line is cut.
namespace nocturn::net {
namespace {

using Kind = SmtpOutcome::Kind;
using Told = SmtpDialogue::Told;
using test::mail;
using test::show;

struct Run {
  std::vector<Told> told;
  std::size_t begun = 0;
};

// Plays the plans through; stops after `cut` bytes of replies, as if the line was cut there.
Run play(SmtpDialogue& dialogue, test::ScriptedRelay& relay, std::size_t mails, std::size_t cut,
         const std::function<std::size_t(std::size_t)>& piece) {
  Run run;
  std::string replies;
  std::size_t read = 0;
  dialogue.receive(test::ScriptedRelay::greeting());
  while (!dialogue.is_over()) {
    while (run.begun < mails && dialogue.wants_mail()) {
      dialogue.send(mail(run.begun, fmt::format("n: {}\r\n\r\n.x\r\n", run.begun)));
      ++run.begun;
    }
    if (run.begun == mails) dialogue.quit();
    replies += relay.receive(dialogue.output());
    dialogue.written();
    const std::size_t left = std::min(replies.size(), cut) - read;
    if (left == 0) {
      dialogue.end("cut");
      break;
    }
    const std::size_t size = std::clamp<std::size_t>(piece(left), 1, left);
    dialogue.receive(std::string_view(replies).substr(read, size));
    read += size;
    for (auto& told : dialogue.take_told()) run.told.push_back(std::move(told));
  }
  for (auto& told : dialogue.take_told()) run.told.push_back(std::move(told));
  return run;
}

rc::Gen<test::Plan> plans() {
  const auto code = rc::gen::weightedElement<int>({{12, 250}, {1, 450}, {1, 550}});
  return rc::gen::build<test::Plan>(
      rc::gen::set(&test::Plan::sender, code), rc::gen::set(&test::Plan::recipient, code),
      rc::gen::set(&test::Plan::data,
                   rc::gen::weightedElement<int>({{12, 354}, {1, 451}, {1, 554}})),
      rc::gen::set(&test::Plan::verdict, code));
}

TEST(SmtpDialogue, agrees_with_a_client_that_waits_for_each_answer) {
  EXPECT_TRUE(rc::check([] {
    const auto planned = *rc::gen::container<std::vector<test::Plan>>(plans());
    const bool pipelining = *rc::gen::arbitrary<bool>();
    test::ScriptedRelay relay(pipelining, planned);
    SmtpDialogue dialogue({.hello = "me", .security = SmtpSecurity::never});
    const auto run = play(dialogue, relay, planned.size(), std::string::npos, [](std::size_t left) {
      return *rc::gen::inRange<std::size_t>(1, left + 1);
    });
    RC_ASSERT(!relay.broke_the_order());
    RC_ASSERT(!relay.spoke_out_of_turn());
    RC_ASSERT(dialogue.complaint() == "");
    RC_ASSERT(run.told.size() == planned.size());
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < planned.size(); ++i) {
      RC_ASSERT(show(run.told[i]) == show({i, test::outcome_of(planned[i])}));
      const auto& plan = planned[i];
      if (plan.sender == 250 && plan.recipient == 250 && plan.data == 354)
        bodies.push_back(fmt::format("n: {}\r\n\r\n.x\r\n", i));
    }
    RC_ASSERT(relay.bodies() == bodies);
  }));
}

TEST(SmtpDialogue, tells_each_mail_once_wherever_the_line_is_cut) {
  EXPECT_TRUE(rc::check([] {
    auto planned = *rc::gen::container<std::vector<test::Plan>>(plans());
    const bool closes = !planned.empty() && *rc::gen::arbitrary<bool>();
    if (closes) {
      auto& plan = planned[*rc::gen::inRange<std::size_t>(0, planned.size())];
      int* steps[] = {&plan.sender, &plan.recipient, &plan.data, &plan.verdict};
      *steps[*rc::gen::inRange(0, 4)] = 421;
    }
    test::ScriptedRelay relay(*rc::gen::arbitrary<bool>(), planned);
    SmtpDialogue dialogue({.hello = "me", .security = SmtpSecurity::never});
    const auto cut = *rc::gen::inRange<std::size_t>(0, 1000);
    const auto run = play(dialogue, relay, planned.size(), cut, [](std::size_t left) {
      return *rc::gen::inRange<std::size_t>(1, left + 1);
    });
    RC_ASSERT(run.told.size() == run.begun);
    RC_ASSERT(dialogue.is_over());
    for (std::size_t i = 0; i < run.begun; ++i) {
      RC_ASSERT(run.told[i].id == i);
      const auto& outcome = run.told[i].outcome;
      const bool was_decided = i < relay.decided_at().size() && relay.decided_at()[i] != 0 &&
                               relay.decided_at()[i] <= cut;
      if (was_decided) {
        RC_ASSERT(show(run.told[i]) == show({i, test::outcome_of(planned[i])}));
      } else {
        RC_ASSERT(outcome.kind == Kind::deferred);
        const bool whole = i < relay.complete().size() && relay.complete()[i];
        RC_ASSERT(outcome.in_doubt == (outcome.code == 0 && whole));
      }
    }
  }));
}

}  // namespace
}  // namespace nocturn::net
