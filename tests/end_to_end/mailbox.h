#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"

// A Maildir that a Postfix delivers into, read back: each mail's header, once.
namespace nocturn::testing {

struct Mail {
  std::string to, subject, message_id, references, unsubscribe;
  // By which the server took it; another copy of the same mail has another one, unless the server
  // itself delivered one twice.
  std::string queue_id;
  std::filesystem::path file;
};

class Mailbox {
 public:
  explicit Mailbox(std::filesystem::path maildir) : folder_(std::move(maildir) / "new") {}
  // Those that came so far, in no order.
  const std::vector<Mail>& read();

 private:
  std::filesystem::path folder_;
  std::set<std::filesystem::path> seen_;
  std::vector<Mail> mails_;
};

std::string text_of(const Mail& mail);

// When the server began to take it, as its long queue id says (postconf(5), enable_long_queue_ids).
WallTime taken_at(const Mail& mail);

}  // namespace nocturn::testing
