#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "notifications/bounces/bounce.h"

// What the text of a bounce says, once its parts are known: fields, status codes, and what they
// mean for the address. Pure.
namespace nocturn::notifications {

struct Field {
  std::string name;  // lower case
  std::string value;
};
using Fields = std::vector<Field>;

// Groups of "Name: value" lines with empty lines between them (RFC 3464 section 2.1), continued
// lines joined. At most 100 groups of 200 fields.
std::vector<Fields> field_groups(std::string_view text);
// The value of the first field of that lower-case name; empty where there is none.
std::string_view value_of(const Fields& fields, std::string_view name);

// "rfc822; reader@example.org" → "reader@example.org"; empty for what is no address.
std::string address_in(std::string_view value);
// The first status code of RFC 3463 in the text, of classes 2, 4 and 5; empty where there is none.
std::string status_in(std::string_view text);
// The first reply code of SMTP in the text: 400 to 599; 0 where there is none.
int reply_code_in(std::string_view text);
// A token as it may stand in an address or a header; empty for anything else.
std::string token_in(std::string_view text);

// What a failure means: RFC 3463's status where there is one, or else the reply code, corrected by
// what many servers say in words only.
Bounce::Kind meaning_of(std::string_view status, std::string_view said);

}  // namespace nocturn::notifications
