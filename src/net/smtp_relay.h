#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/smtp_dialogue.h"

// The mail server that takes our mail, and how to talk to it; plain values.
namespace nocturn::net {

// How long each step of a session may take (RFC 5321, section 4.5.3.2). A deadline is for a whole
// reply: a relay that says one byte a second does not stretch it.
struct SmtpDeadlines {
  Micros connect = std::chrono::seconds(30);  // name, TCP, and a handshake on top
  Micros greeting = std::chrono::minutes(5);
  Micros command = std::chrono::minutes(5);   // EHLO, AUTH, MAIL, RCPT and others
  Micros data = std::chrono::minutes(2);      // DATA, until 354
  Micros verdict = std::chrono::minutes(10);  // the final dot, until the relay has judged
  Micros goodbye = std::chrono::seconds(5);
  Micros mail = std::chrono::minutes(15);  // from next() to done(), whatever happens
  Micros idle = std::chrono::seconds(10);  // without mail, before QUIT
};

struct SmtpRelay {
  std::string host = {};  // a name or an IP address
  std::uint16_t port = 25;
  SmtpSecurity security = SmtpSecurity::required;
  bool verify = true;            // the certificate, under TLS
  std::string server_name = {};  // that the certificate must have; empty: the host
  std::string ca_file = {};      // PEM, trusted besides the system's
  std::string user = {}, password = {};
  std::string hello = "localhost";
  int connections = 4;  // at most; 1 to 64
  int mails_per_connection = 1000;
  bool pipelining = true;  // where the relay offers it
  SmtpDeadlines deadlines = {};
  // After a failed session: how long until the next is tried; doubles up to the longest.
  Micros first_pause = std::chrono::seconds(1);
  Micros longest_pause = std::chrono::minutes(2);
};

// `invalid`, saying what, when a description cannot work: no host, a name or a secret that would
// break out of its line, a password that would travel in the clear to another machine.
Status check_relay(const SmtpRelay& relay);

// Whether the host is this machine itself: 127.0.0.0/8, ::1, localhost.
bool is_this_machine(const std::string& host);

}  // namespace nocturn::net
