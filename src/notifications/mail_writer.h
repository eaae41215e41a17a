#pragma once

#include <map>
#include <string>
#include <tuple>

#include "inventory/model.h"
#include "net/mail_message.h"
#include "notifications/links.h"
#include "notifications/parcel.h"

// From a parcel to the bytes of its mail. The same parcel gives the same bytes and the same
// Message-ID, however often it is sent. Letters of one telling that differ in their links alone are
// rendered once. Used by one thread at a time.
namespace nocturn::notifications {

class MailWriter {
 public:
  explicit MailWriter(const LinkKey& links) : links_(links) {}

  struct Written {
    net::ComposedMail mail;
    std::string sender;  // of the envelope
  };
  // `page`: where the public finds the status page, without a trailing slash. `invalid` for a
  // parcel that cannot be written as a mail: its address is none.
  Result<Written> write(const Parcel& parcel, const inventory::Cloud& cloud,
                        const std::string& page);

 private:
  Letter letter_for(const Parcel& parcel, const inventory::Cloud& cloud, const Links& links);
  const Letter& shared_letter(const Parcel& parcel, const inventory::Cloud& cloud,
                              const std::string& page);

  const LinkKey& links_;
  // What a letter of a telling depends on besides its links.
  using Key = std::tuple<std::string, std::uint64_t, std::string, std::string, std::string,
                         std::string, std::string, bool, bool>;
  std::map<Key, Letter> letters_;
};

}  // namespace nocturn::notifications
