#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/http.h"

// A mail from its parts to the bytes of RFC 5322; pure. The same parts give the same bytes, so that
// a mail that is sent again is the same mail; and no part can break out of its place: whatever has
// a line break, a NUL or another control character where one line belongs is refused.
namespace nocturn::net {

struct Mailbox {
  std::string name = {};     // as a person reads it, UTF-8; may be empty
  std::string address = {};  // local@domain, UTF-8 (RFC 6531)
};

struct MailMessage {
  Mailbox from = {};
  std::optional<Mailbox> reply_to = {};
  std::vector<Mailbox> to = {};              // at least one, at most 100
  std::string subject = {};                  // one line, UTF-8
  std::string text = {};                     // text/plain, UTF-8, lines end as they like
  std::string html = {};                     // text/html; either may be empty, not both
  WallTime date = {};                        // written in UTC, to the second
  std::string message_id = {};               // "left@right" without brackets, ASCII
  std::string in_reply_to = {};              // a message id, or empty
  std::vector<std::string> references = {};  // message ids, the oldest first; at most 100
  // Besides those that come from above, for example List-Id or Auto-Submitted. ASCII is written as
  // it is (List-Unsubscribe wants that), anything else as encoded words.
  std::vector<Header> headers = {};
};

struct ComposedMail {
  // The whole message, CRLF at the end of each line, no line above 998 bytes, nothing but ASCII
  // unless `needs_smtputf8`. Shared, so that sending does not copy it.
  std::shared_ptr<const std::string> bytes;
  // An address in the headers has no spelling in ASCII (RFC 6532).
  bool needs_smtputf8 = false;
};

// Parts are multipart/alternative with text before HTML, or the one part alone. `invalid` or
// `limited`, with the field as the subject, when a field cannot be written.
Result<ComposedMail> compose(const MailMessage& message);

}  // namespace nocturn::net
