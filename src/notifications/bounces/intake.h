#pragma once

#include <filesystem>
#include <string_view>

#include "ledger/ledger.h"
#include "notifications/bounces/bounce.h"
#include "notifications/links.h"

// What is done about mail that comes back: whose token is ours is believed, and marks its delivery;
// who cannot be reached, or complains, is left alone from then on.
namespace nocturn::notifications {

// What a mail was, and whether anything was done about it.
struct Intake {
  Bounce bounce;
  bool ours = false;      // its token is ours, and the delivery is known
  bool recorded = false;  // it changed something
};
// `sent_to`: the envelope recipient, or empty. Waits for the ledger.
Result<Intake> take_bounce(std::string_view mail, std::string_view sent_to, const LinkKey& links,
                           ledger::Ledger& ledger);

// Reads what is in a Maildir's "new", and moves it to "cur"; at most 500 mails at a time. A mail
// that cannot be recorded now stays. Logs what fails.
void take_bounces(const std::filesystem::path& maildir, const LinkKey& links,
                  ledger::Ledger& ledger);

}  // namespace nocturn::notifications
