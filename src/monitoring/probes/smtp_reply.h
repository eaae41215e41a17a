#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Replies of an SMTP server, put together from their lines (RFC 5321, section 4.2); pure.
namespace nocturn::monitoring {

struct SmtpReply {
  int code = 0;
  std::vector<std::string> lines;  // the text of each line, without the code

  // Whether an EHLO reply offers an extension ("STARTTLS").
  bool offers(std::string_view extension) const;
};

class SmtpReplyReader {
 public:
  // Takes a line without its end; answers the reply when this line ends it. Fails when the line
  // is none of SMTP or contradicts the lines before it.
  Result<std::optional<SmtpReply>> take(std::string_view line);

 private:
  SmtpReply reply_;
};

}  // namespace nocturn::monitoring
