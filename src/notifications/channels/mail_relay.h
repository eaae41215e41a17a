#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "inventory/model.h"
#include "net/smtp_client.h"
#include "notifications/channels/mail_writer.h"
#include "notifications/outbox/outbox.h"

// E-mail to a relay over SMTP. Lives on the outbox's loop.
namespace nocturn::notifications {

using HouseNow = std::function<House()>;

class MailRelayChannel final : public net::SmtpClient::Source {
 public:
  // Errors are the relay's description's (SmtpClient::make). All parts outlive the channel.
  static Result<std::unique_ptr<MailRelayChannel>> open(net::Loop& loop, net::Resolver& resolver,
                                                        net::TlsClient& tls, net::SmtpRelay relay,
                                                        Outbox& outbox, const LinkKey& links,
                                                        HouseNow house);

  void wake() { client_->wake(); }
  // Why nothing goes out at present; empty when it does.
  std::string complaint() const;

  std::optional<net::SmtpMail> next() override;
  void done(std::uint64_t id, const net::SmtpOutcome& outcome) override;

 private:
  MailRelayChannel(Outbox& outbox, const LinkKey& links, HouseNow house)
      : outbox_(outbox), writer_(links), house_(std::move(house)) {}

  Outbox& outbox_;
  MailWriter writer_;
  HouseNow house_;
  std::unordered_map<std::uint64_t, Parcel> under_way_;
  std::unique_ptr<net::SmtpClient> client_;
};

// Whether an address that was refused with this will never take a mail: it is wrong or gone (RFC
// 3463, X.1.x; X.2.1 is a mailbox that was closed).
bool is_hard_refusal(int code, std::string_view enhanced);

}  // namespace nocturn::notifications
