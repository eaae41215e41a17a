#include <cstddef>
#include <cstdint>

#include "base/text.h"
#include "net/smtp_reply.h"

// Whatever a mail server says, line by line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nocturn::net::SmtpReplyReader reader;
  const std::string_view said(reinterpret_cast<const char*>(data), size);
  for (const auto line : nocturn::split(said, '\n')) {
    const auto reply = reader.take(line);
    if (!reply) break;
    if (*reply && ((*reply)->lines.empty() || (*reply)->code < 200)) __builtin_trap();
    if (*reply) (void)(*reply)->offers("STARTTLS");
  }
  return 0;
}
