#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Replies of an SMTP server, put together from their lines (RFC 5321, section 4.2); pure.
namespace nocturn::net {

inline constexpr std::size_t kLongestSmtpReplyLine = 2048;  // bytes; RFC 5321 asks for 512
inline constexpr std::size_t kMostSmtpReplyLines = 100;

struct SmtpReply {
  int code = 0;                    // 200 to 599
  std::vector<std::string> lines;  // the text of each line, without the code

  // Whether an EHLO reply offers an extension ("STARTTLS").
  bool offers(std::string_view extension) const;
  // What stands behind the extension's name ("PLAIN LOGIN" for "AUTH"), or empty.
  std::string_view parameters(std::string_view extension) const;
  // The enhanced status code (RFC 2034), for example "5.1.1", or empty; it agrees with the code.
  std::string_view enhanced() const;
  // What a person may read: one line of at most 200 characters of UTF-8, without enhanced codes
  // and control characters.
  std::string text() const;
};

class SmtpReplyReader {
 public:
  // Takes a line without its end; answers the reply when this line ends it. Fails when the line
  // is none of SMTP, contradicts the lines before it, or is one too many.
  Result<std::optional<SmtpReply>> take(std::string_view line);

 private:
  SmtpReply reply_;
};

// One line for a person of text from outside: control characters are left out, what is not UTF-8
// becomes a question mark, and the rest after 200 characters is cut off.
std::string readable_line(std::string_view text);

}  // namespace nocturn::net
