#pragma once

#include <filesystem>

#include "notifications/channels/mail_relay.h"

// E-mail into a Maildir of this machine (https://cr.yp.to/proto/maildir.html): for the sample
// cloud, and for trying things out. No mail leaves. Lives on the outbox's loop, which it blocks
// while it writes.
namespace nocturn::notifications {

class MaildirChannel {
 public:
  // Makes the folder's tmp, new and cur where they are missing.
  static Result<std::unique_ptr<MaildirChannel>> open(std::filesystem::path folder, Outbox& outbox,
                                                      const LinkKey& links, HouseNow house);
  void wake();

 private:
  MaildirChannel(std::filesystem::path folder, Outbox& outbox, const LinkKey& links, HouseNow house)
      : folder_(std::move(folder)), outbox_(outbox), writer_(links), house_(std::move(house)) {}
  Status put(const Parcel& parcel);

  std::filesystem::path folder_;
  Outbox& outbox_;
  MailWriter writer_;
  HouseNow house_;
};

}  // namespace nocturn::notifications
