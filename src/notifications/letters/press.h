#pragma once

#include <map>
#include <span>
#include <string>

#include "notifications/letters/letter.h"

// Writes the letters of a fan-out: what letters to many recipients share is written once. Gives
// exactly what letter() gives, in a fraction of the time. One thread at a time.
namespace nocturn::notifications {

class LetterPress {
 public:
  // `page`: Links::page of all its letters. The cloud must outlive the press; a reloaded one takes
  // a new press.
  LetterPress(const inventory::Cloud& cloud, std::string page);

  // As letter(), but `links.page` is not looked at. Tellings with the same notice and number are
  // the same, and so are rows of one telling with the same instances.
  Letter letter(const Recipient& recipient, Links links, const Telling& telling,
                std::span<const ToldRow> mine);

 private:
  struct Shared {
    std::string subject, text_head, text_body, html_head, html_body;
  };
  const inventory::Cloud& cloud_;
  std::string page_;
  std::map<std::string, Shared> kept_;
};

}  // namespace nocturn::notifications
