#include "net/smtp_client.h"

#include <atomic>

#include <gtest/gtest.h>

#include "net/smtp_outbox_test.h"
#include "support/scripted_peer.h"

// The client against relays that behave as no real one should.
namespace nocturn::net::test {
namespace {

using Kind = SmtpOutcome::Kind;
using testing::Peer;
using testing::Wire;

// Greets and answers EHLO with `extensions` ("250-PIPELINING\r\n").
void greet(Wire& wire, const std::string& extensions = "") {
  wire.write("220 relay.example ESMTP\r\n");
  wire.read_until("\r\n");
  wire.write("250-relay.example\r\n" + extensions + "250 HELP\r\n");
}

// Takes up to `most` mails, one command at a time; false when the client went before.
bool take_mails(Wire& wire, int most) {
  for (int taken = 0; taken < most;) {
    const std::string line = wire.read_until("\r\n");
    if (line.empty()) return false;
    if (line == "DATA\r\n") {
      wire.write("354 go\r\n");
      wire.read_until("\r\n.\r\n");
      ++taken;
    }
    wire.write(line == "QUIT\r\n" ? "221 bye\r\n" : "250 2.0.0 ok\r\n");
    if (line == "QUIT\r\n") return false;
  }
  return true;
}

TEST(SmtpClient, takes_leave_of_a_relay_after_so_many_mails_and_when_idle) {
  std::atomic<int> goodbyes = 0;
  Peer peer([&](Wire& wire) {
    greet(wire);
    if (!take_mails(wire, 1000)) ++goodbyes;
  });
  ClientStand stand;
  auto relay = stand.relay(peer.port());
  relay.mails_per_connection = 3;
  relay.connections = 1;
  relay.deadlines.idle = 50ms;
  stand.open(relay);
  stand.outbox.add(10);
  ASSERT_TRUE(stand.send_all());
  EXPECT_EQ(stand.outbox.told(Kind::accepted), 10u);
  EXPECT_EQ(stand.client->facts().sessions, 4u);
  EXPECT_TRUE(stand.run_until([&] { return stand.client->facts().connections == 0; }));
  EXPECT_TRUE(stand.run_until([&] { return goodbyes == 4; }));
  EXPECT_FALSE(stand.client->facts().relay_is_down);
  EXPECT_EQ(stand.client->facts().complaint, "");
}

TEST(SmtpClient, holds_few_mails_and_opens_no_more_connections_than_mails) {
  Peer peer([&](Wire& wire) {
    greet(wire, "250-PIPELINING\r\n");
    take_mails(wire, 1000);
  });
  ClientStand stand;
  stand.open(stand.relay(peer.port()));
  stand.outbox.add(1);
  ASSERT_TRUE(stand.send_all());
  EXPECT_EQ(stand.client->facts().sessions, 1u);
  stand.outbox.add(200);
  ASSERT_TRUE(stand.send_all());
  EXPECT_EQ(stand.client->facts().sessions, 4u);
  EXPECT_LE(stand.outbox.most_under_way, 8u);
  EXPECT_EQ(stand.client->facts().accepted, 201u);
}

TEST(SmtpClient, asks_again_when_it_is_woken_from_within) {
  Peer peer([](Wire& wire) {
    greet(wire);
    take_mails(wire, 1000);
  });
  ClientStand stand;
  stand.open(stand.relay(peer.port()));
  stand.outbox.on_done = [&](const SmtpMail&, const SmtpOutcome&) {
    if (stand.outbox.last_id < 20) stand.outbox.add(1);
    stand.client->wake();
  };
  stand.outbox.add(1);
  ASSERT_TRUE(stand.send_all());
  EXPECT_EQ(stand.outbox.told(Kind::accepted), 20u);
}

TEST(SmtpClient, tries_a_relay_that_is_down_with_one_connection_and_growing_pauses) {
  std::atomic<int> visits = 0;
  std::atomic<bool> works = false;
  Peer peer([&](Wire& wire) {
    ++visits;
    if (works) {
      greet(wire);
      take_mails(wire, 1000);
    } else {
      wire.write("554 not today\r\n");
    }
  });
  ClientStand stand;
  stand.open(stand.relay(peer.port()));
  stand.outbox.add(20);
  const auto began = stand.clock.steady();
  stand.client->wake();
  ASSERT_TRUE(stand.run_until([&] { return visits >= 8; }));
  EXPECT_TRUE(stand.client->facts().relay_is_down);
  EXPECT_EQ(stand.client->facts().complaint, "the relay greets with 554 not today");
  // Four at first, then only one after each pause: 20, 40, 80 and 100 ms.
  EXPECT_GE(stand.clock.steady() - began, 240ms);
  EXPECT_TRUE(stand.outbox.outcomes.empty());
  EXPECT_LE(stand.outbox.under_way.size(), 4u);
  works = true;
  ASSERT_TRUE(stand.send_all());
  EXPECT_EQ(stand.outbox.told(Kind::accepted), 20u);
  EXPECT_FALSE(stand.client->facts().relay_is_down);
}

TEST(SmtpClient, tells_a_mail_when_its_time_is_over_though_no_relay_was_reached) {
  std::uint16_t closed_port = 0;
  {
    const Peer gone([](Wire&) {});
    closed_port = gone.port();
  }
  ClientStand stand;
  auto relay = stand.relay(closed_port);
  relay.deadlines.mail = 150ms;
  stand.open(relay);
  stand.outbox.add(1);
  ASSERT_TRUE(stand.send_all());
  const auto& outcome = stand.outbox.outcomes[0];
  EXPECT_EQ(outcome.kind, Kind::deferred);
  EXPECT_EQ(outcome.text, "connection refused");
  EXPECT_FALSE(outcome.in_doubt);
  EXPECT_LE(stand.client->facts().sessions, 12u);
}

TEST(SmtpClient, tries_each_address_of_a_name) {
  Peer peer([](Wire& wire) {
    greet(wire);
    take_mails(wire, 1000);
  });
  ClientStand stand;
  auto relay = stand.relay(peer.port());
  relay.host = "localhost";  // where it is ::1 as well, nobody listens there
  stand.open(relay);
  stand.outbox.add(3);
  ASSERT_TRUE(stand.send_all());
  EXPECT_EQ(stand.outbox.told(Kind::accepted), 3u);
  EXPECT_EQ(stand.client->facts().complaint, "");
}

TEST(SmtpClient, is_in_doubt_when_the_line_breaks_after_the_final_dot) {
  Peer peer([](Wire& wire) {
    greet(wire, "250-PIPELINING\r\n");
    wire.read_until("DATA\r\n");
    wire.write("250 ok\r\n250 ok\r\n354 go\r\n");
    wire.read_until("\r\n.\r\n");
    wire.reset();
  });
  ClientStand stand;
  auto relay = stand.relay(peer.port());
  relay.connections = 1;
  stand.open(relay);
  stand.outbox.add(1);
  ASSERT_TRUE(stand.send_all());
  EXPECT_EQ(stand.outbox.outcomes[0].kind, Kind::deferred);
  EXPECT_TRUE(stand.outbox.outcomes[0].in_doubt);
}

TEST(SmtpClient, goes_on_after_a_421_in_the_middle) {
  std::atomic<int> visits = 0;
  Peer peer([&](Wire& wire) {
    greet(wire);
    const bool first = visits++ == 0;
    if (!take_mails(wire, first ? 2 : 1000)) return;
    wire.read_until("\r\n");
    wire.write("421 4.7.0 enough\r\n");
  });
  ClientStand stand;
  auto relay = stand.relay(peer.port());
  relay.connections = 1;
  stand.open(relay);
  stand.outbox.add(5);
  ASSERT_TRUE(stand.send_all());
  EXPECT_EQ(stand.outbox.told(Kind::accepted), 4u);
  EXPECT_EQ(stand.outbox.outcomes[2].code, 421);
  EXPECT_EQ(stand.outbox.outcomes[2].text, "enough");
}

TEST(SmtpClient, is_not_held_up_by_relays_that_say_little_or_without_end) {
  const auto text_of = [](Peer::Script script, Micros mail_deadline = 400ms) {
    Peer peer(std::move(script));
    ClientStand stand;
    auto relay = stand.relay(peer.port());
    relay.connections = 1;
    relay.deadlines.greeting = 100ms;
    relay.deadlines.command = 100ms;
    relay.deadlines.mail = mail_deadline;
    stand.open(relay);
    stand.outbox.add(1);
    EXPECT_TRUE(stand.send_all());
    EXPECT_EQ(stand.outbox.outcomes[0].kind, Kind::deferred);
    EXPECT_FALSE(stand.outbox.outcomes[0].in_doubt);
    return stand.outbox.outcomes[0].text;
  };
  EXPECT_EQ(text_of([](Wire& wire) { wire.hang(); }), "no answer of the relay in time");
  EXPECT_EQ(text_of([](Wire& wire) {
              wire.write("220 ");
              while (wire.write("x") && wire.pause(20ms)) {
              }
            }),
            "no answer of the relay in time");
  EXPECT_EQ(text_of([](Wire& wire) {
              while (!wire.over() && wire.write("220-again\r\n")) {
              }
            }),
            "a reply of more than 100 lines: 220-again");
  EXPECT_EQ(text_of(
                [](Wire& wire) {
                  greet(wire);
                  wire.read_until("\r\n");
                  wire.hang();
                },
                60s),
            "no answer of the relay in time");
  EXPECT_EQ(text_of(
                [](Wire& wire) {
                  greet(wire);
                  for (int i = 0; i < 100 && !wire.over(); ++i) {
                    wire.read_until("\r\n");
                    wire.write("250-wait\r\n");
                  }
                },
                60s),
            "no answer of the relay in time");
}

TEST(SmtpClient, will_not_be_fooled_on_the_way_to_tls) {
  const auto complaint_of = [](const std::string& answer, SmtpSecurity security) {
    Peer peer([answer](Wire& wire) {
      greet(wire, "250-STARTTLS\r\n");
      wire.read_until("STARTTLS\r\n");
      wire.write(answer);
      wire.pause(2s);
    });
    ClientStand stand;
    stand.open(stand.relay(peer.port(), security));
    stand.outbox.add(1);
    stand.client->wake();
    EXPECT_TRUE(stand.run_until([&] { return stand.client->facts().relay_is_down; }));
    EXPECT_TRUE(stand.outbox.outcomes.empty());
    return stand.client->facts().complaint;
  };
  using enum SmtpSecurity;
  for (const auto security : {required, when_offered}) {
    EXPECT_EQ(complaint_of("220 go\r\n250 PIPELINING\r\n", security),
              "the relay went on in the clear after agreeing to TLS");
    EXPECT_EQ(complaint_of("220 go\r\n421", security),
              "the relay went on in the clear after agreeing to TLS");
  }
  EXPECT_EQ(complaint_of("454 no TLS today\r\n", required),
            "STARTTLS is answered with 454 no TLS today");
}

TEST(SmtpClient, tells_nothing_after_its_end) {
  Peer peer([](Wire& wire) {
    greet(wire);
    wire.read_until("\r\n");
    wire.hang();
  });
  ClientStand stand;
  stand.open(stand.relay(peer.port()));
  stand.outbox.add(9);
  stand.client->wake();
  ASSERT_TRUE(stand.run_until([&] { return stand.client->facts().connections == 4; }));
  stand.client.reset();
  EXPECT_FALSE(stand.run_until([&, turns = 0]() mutable {
    if (++turns == 20) stand.loop.stop();
    return false;
  }));
  EXPECT_TRUE(stand.outbox.outcomes.empty());
}

TEST(SmtpClient, refuses_a_relay_that_cannot_work) {
  ClientStand stand;
  const auto refusal = [&](auto change) {
    SmtpRelay relay = stand.relay(25);
    change(relay);
    const auto made = SmtpClient::make(stand.loop, stand.resolver, stand.tls, relay, stand.outbox);
    return made ? std::string("made") : made.error().text();
  };
  EXPECT_EQ(refusal([](SmtpRelay& r) { r.host = ""; }), "relay: host: no name and no address");
  EXPECT_EQ(refusal([](SmtpRelay& r) { r.hello = "a\r\nQUIT"; }),
            "relay: hello: no host name and no address literal");
  EXPECT_EQ(refusal([](SmtpRelay& r) { r.host = "relay.example", r.user = "u"; }),
            "relay: user: a password does not travel in the clear; use TLS");
  EXPECT_EQ(refusal([](SmtpRelay& r) { r.user = "u"; }), "made");
  EXPECT_EQ(refusal([](SmtpRelay& r) { r.connections = 0; }), "relay: connections: from 1 to 64");
}

}  // namespace
}  // namespace nocturn::net::test
