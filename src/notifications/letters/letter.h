#pragma once

#include <span>
#include <string>
#include <vector>

#include "inventory/model.h"
#include "notifications/model.h"
#include "status_page/status_page.h"

// What a recipient reads: a telling, several of them as a day's digest, or a request to confirm, in
// plain text and HTML, in the recipient's language. Pure: the same facts give the same bytes, so
// that a letter sent twice after a crash is the same letter.
namespace nocturn::notifications {

struct Letter {
  std::string subject;  // one line
  std::string text;     // lines end with \n
  std::string html;     // a whole document; needs nothing from outside
};

// Where the letter's links lead; absolute URLs.
struct Links {
  std::string page = {};         // the status page
  std::string manage = {};       // the recipient's own choices
  std::string unsubscribe = {};  // empty: leaving goes by `manage` alone (a shared address)
  std::string confirm = {};
};

struct Occasion {
  const inventory::Cloud& cloud;
  const Recipient& recipient;
  Links links;
};

// `mine`: the rows of `telling` that the recipient follows, at least one.
Letter letter(const Occasion& occasion, const Telling& telling, std::span<const ToldRow> mine);

struct DigestPart {
  Telling telling;
  std::vector<ToldRow> mine;
};
// The parts by time, at least one; of several tellings of one notice all are listed.
Letter digest(const Occasion& occasion, std::span<const DigestPart> parts);

// The request to confirm a subscription for these choices; says what was chosen, that nothing
// comes unless it is confirmed, and until when the link works.
Letter confirmation(const Occasion& occasion, const Choices& choices, WallTime until);
// The link to the choices, asked for on the page; says so when there are none yet.
Letter manage_link(const Occasion& occasion);

}  // namespace nocturn::notifications
