#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "support/child_process.h"
#include "support/port_range.h"
#include "support/temporary_folder.h"

// A Postfix of the test's own: configuration, queue and log in a temporary folder, listening on a
// port of 127.0.0.1, taking mail for every address of every domain into one Maildir and sending
// nothing anywhere. Speaks PIPELINING, SIZE, SMTPUTF8, 8BITMIME, and TLS when it is given a
// certificate. Only root can start it.
namespace nocturn::testing {

class PostfixServer {
 public:
  struct Options {
    std::string certificate_file = {}, key_file = {};  // PEM; empty: no STARTTLS
  };

  // Whether this test may start one: it runs as root, and Postfix is installed.
  static bool can_run();
  // Takes a second.
  static Result<std::unique_ptr<PostfixServer>> start(Options options);
  ~PostfixServer();
  PostfixServer(const PostfixServer&) = delete;
  PostfixServer& operator=(const PostfixServer&) = delete;

  std::uint16_t port() const { return port_; }
  // Where TLS is spoken from the first byte; only with a certificate.
  std::uint16_t tls_port() const { return port_ + 1; }
  // The one mailbox. Each mail in it begins with the lines Return-Path, X-Original-To and
  // Delivered-To, which name the envelope.
  std::filesystem::path maildir() const { return folder_ / "mail/everybody"; }
  // The mails delivered so far, in no order; each file is read whole.
  std::vector<std::string> mails() const;
  std::size_t mail_count() const;
  // Waits until so many mails are delivered; fails with the end of the log when patience ends.
  Status wait_for_mails(std::size_t count, Patience patience = std::chrono::seconds(60)) const;
  // Mails taken and not delivered yet.
  std::size_t queued() const;

  // Ends it in good order, or as kill -9 does to all its processes at once. The queue stays.
  void stop();
  void kill();
  // After either: on the same port, the same queue and the same mailbox.
  Status start_again();

  // The end of its log, for the message of a failed test.
  std::string log() const;

 private:
  PostfixServer() = default;
  Status prepare(const Options& options);
  void wait_until_gone();

  TemporaryFolder folder_;
  PortRange ports_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace nocturn::testing
