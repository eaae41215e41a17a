#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// A mail address taken apart and spelt for the wire; pure. Whatever comes out can stand between the
// angle brackets of an envelope or a header: no blank, bracket or control character outside quotes.
// Internationalised addresses are RFC 6531's; domains become A-labels by UTS 46 (IDNA 2008).
namespace nocturn::net {

struct MailAddress {
  std::string local;         // a dot-atom or a quoted string; UTF-8
  std::string domain;        // as it was given; UTF-8, or an address literal in brackets
  std::string ascii_domain;  // the same in A-labels

  // Whether a server must offer SMTPUTF8: only the local part has no spelling in ASCII.
  bool needs_smtputf8() const;
  // For envelope and header: in A-labels where that makes the whole ASCII, else as it was given.
  std::string text() const;
};

// `invalid`, saying why, for anything but local@domain of at most 254 bytes. A local part of usual
// characters that is no dot-atom ("a..b") gets quotes.
Result<MailAddress> parse_mail_address(std::string_view text);

}  // namespace nocturn::net
