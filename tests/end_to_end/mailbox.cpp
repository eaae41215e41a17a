#include "end_to_end/mailbox.h"

#include "support/mail_text.h"
#include "support/text_file.h"

#include <string_view>

namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;

// "… by mx.example.org (Postfix) with ESMTP id 4dF0Cn2nQhz9rxg\n\tfor <…>; …"
std::string queue_id_of(const std::string& received) {
  const std::size_t at = received.find(" id ");
  if (at == received.npos) return {};
  return received.substr(at + 4, received.find_first_of(" \n\t;", at + 4) - at - 4);
}

}  // namespace

const std::vector<Mail>& Mailbox::read() {
  std::error_code none_yet;
  for (const auto& entry : fs::directory_iterator(folder_, none_yet)) {
    if (!seen_.insert(entry.path()).second) continue;
    const std::string whole = text_of(entry.path());
    const std::string head = whole.substr(0, whole.find("\n\n"));
    mails_.push_back({.to = header_of(head, "X-Original-To"),
                      .subject = header_of(head, "Subject"),
                      .message_id = header_of(head, "Message-ID"),
                      .references = header_of(head, "References"),
                      .unsubscribe = header_of(head, "List-Unsubscribe"),
                      .queue_id = queue_id_of(header_of(head, "Received")),
                      .file = entry.path()});
  }
  return mails_;
}

std::string text_of(const Mail& mail) { return text_of(mail.file); }

WallTime taken_at(const Mail& mail) {
  constexpr std::string_view kDigits = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
  const auto number = [&](std::string_view digits) {
    std::int64_t value = 0;
    for (const char digit : digits)
      value = value * static_cast<std::int64_t>(kDigits.size()) +
              static_cast<std::int64_t>(kDigits.find(digit));
    return value;
  };
  const std::string_view id = mail.queue_id;
  if (id.size() < 10) return {};
  return WallTime(std::chrono::seconds(number(id.substr(0, 6))) +
                  std::chrono::microseconds(number(id.substr(6, 4))));
}

}  // namespace nocturn::testing
