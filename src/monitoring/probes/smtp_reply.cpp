#include "monitoring/probes/smtp_reply.h"

#include "base/text.h"

namespace nocturn::monitoring {

bool SmtpReply::offers(std::string_view extension) const {
  for (const auto& line : lines) {
    const auto word = std::string_view(line).substr(0, line.find(' '));
    if (lower_ascii(word) == lower_ascii(extension)) return true;
  }
  return false;
}

Result<std::optional<SmtpReply>> SmtpReplyReader::take(std::string_view line) {
  const auto digit = [&](std::size_t at, char low, char high) {
    return line.size() > at && line[at] >= low && line[at] <= high;
  };
  const bool well_formed = digit(0, '2', '5') && digit(1, '0', '9') && digit(2, '0', '9') &&
                           (line.size() == 3 || line[3] == ' ' || line[3] == '-');
  if (!well_formed) return fail(ErrorCode::corrupt, "not a reply of SMTP");
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (!reply_.lines.empty() && code != reply_.code) {
    return fail(ErrorCode::corrupt, "a reply that changes its code from {} to {}", reply_.code,
                code);
  }
  reply_.code = code;
  reply_.lines.emplace_back(line.substr(std::min<std::size_t>(4, line.size())));
  if (line.size() > 3 && line[3] == '-') return std::nullopt;
  return std::exchange(reply_, SmtpReply());
}

}  // namespace nocturn::monitoring
