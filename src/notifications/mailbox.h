#pragma once

#include <string>
#include <string_view>

#include "net/mail_address.h"

// What strangers give as their e-mail address: which of it is taken, and which of it reaches one
// mailbox under several names. Pure.
namespace nocturn::notifications {

// Whether a mail goes to it as it is written. What else the grammar has would let strangers have
// our relay speak to machines of their choice, or fill one mailbox under many names: quoted names,
// routes (victim%example.org@ and example.org!victim@, RFC 1123 section 5.2.16), addresses of
// machines, hosts without a domain, characters that nobody sees, and names that old mail systems
// take for a file, a program or an option.
bool is_plain_mailbox(const net::MailAddress& address);

// The same for all spellings that are likely to reach one mailbox: case, form and width of the
// characters, dots, and tags after a plus. To count what goes to a mailbox; never to decide whose
// something is, since here and there two people differ in no more than that.
std::string mailbox_key(std::string_view address);

}  // namespace nocturn::notifications
