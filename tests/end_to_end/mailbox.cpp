#include "end_to_end/mailbox.h"

#include <fstream>
#include <iterator>
#include <string_view>

namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Folded lines stay as they are.
std::string header(std::string_view mail, const std::string& name) {
  const std::string begin = "\n" + name + ": ";
  const std::size_t at = mail.find(begin);
  if (at == mail.npos) return {};
  const std::size_t from = at + begin.size();
  std::size_t until = mail.find('\n', from);
  while (until + 1 < mail.size() && (mail[until + 1] == ' ' || mail[until + 1] == '\t'))
    until = mail.find('\n', until + 1);
  return std::string(mail.substr(from, until - from));
}

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
    const std::string whole = read_file(entry.path());
    const std::string head = whole.substr(0, whole.find("\n\n"));
    mails_.push_back({.to = header(head, "X-Original-To"),
                      .subject = header(head, "Subject"),
                      .message_id = header(head, "Message-ID"),
                      .references = header(head, "References"),
                      .unsubscribe = header(head, "List-Unsubscribe"),
                      .queue_id = queue_id_of(header(head, "Received")),
                      .file = entry.path()});
  }
  return mails_;
}

std::string text_of(const Mail& mail) { return read_file(mail.file); }

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
