#pragma once

#include <optional>
#include <string>

#include "inventory/model.h"
#include "net/mail_message.h"
#include "notifications/letters/press.h"
#include "notifications/links.h"
#include "notifications/outbox/parcel.h"

// From a parcel to the bytes of its mail. The same parcel gives the same bytes and the same
// Message-ID, however often it is sent. Used by one thread at a time.
namespace nocturn::notifications {

// What writing a mail needs to know of the house, as it is now.
struct House {
  inventory::CloudPtr cloud;
  std::string page;  // URL of the status page, without a trailing slash
};

class MailWriter {
 public:
  explicit MailWriter(const LinkKey& links) : links_(links) {}

  struct Written {
    net::ComposedMail mail;
    std::string sender;  // of the envelope
  };
  // `invalid` for a parcel that cannot be written as a mail: its address is none.
  Result<Written> write(const Parcel& parcel, const House& house);

 private:
  Letter letter_for(const Parcel& parcel, const House& house, const Links& links);

  const LinkKey& links_;
  House pressed_;  // what the press was made for
  std::optional<LetterPress> press_;
};

}  // namespace nocturn::notifications
