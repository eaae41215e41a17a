#include "notifications/channels/mail_relay.h"

#include "base/log.h"

namespace nocturn::notifications {
namespace {

std::string code_of(const net::SmtpOutcome& outcome) {
  if (outcome.enhanced.empty()) return fmt::format("{}", outcome.code);
  return fmt::format("{} {}", outcome.code, outcome.enhanced);
}

// Whether a server puts off everybody behind it, and not this mailbox: it is busy, or suspects us
// (RFC 3463, X.4.x and X.7.x).
bool is_for_all(const net::SmtpOutcome& outcome) {
  return outcome.code == 421 || outcome.enhanced.starts_with("4.4.") ||
         outcome.enhanced.starts_with("4.7.");
}

}  // namespace

bool is_hard_refusal(int code, std::string_view enhanced) {
  if (enhanced.empty()) return code == 550 || code == 551 || code == 553;
  return enhanced.starts_with("5.1.") || enhanced == "5.2.1";
}

Result<std::unique_ptr<MailRelayChannel>> MailRelayChannel::open(
    net::Loop& loop, net::Resolver& resolver, net::TlsClient& tls, net::SmtpRelay relay,
    Outbox& outbox, const LinkKey& links, HouseNow house) {
  std::unique_ptr<MailRelayChannel> channel(new MailRelayChannel(outbox, links, std::move(house)));
  channel->client_ = TRY(net::SmtpClient::make(loop, resolver, tls, std::move(relay), *channel));
  return channel;
}

std::string MailRelayChannel::complaint() const {
  const auto facts = client_->facts();
  return facts.relay_is_down ? facts.complaint : std::string();
}

std::optional<net::SmtpMail> MailRelayChannel::next() {
  while (auto parcel = outbox_.next(kEmail)) {
    const House house = house_();
    auto written = writer_.write(*parcel, house);
    if (!written) {
      log::error("notifications", fmt::format("delivery {} cannot be written: {}", parcel->delivery,
                                              written.error().text()));
      outbox_.settle(*parcel, Delivery::State::refused, "", "its address is no e-mail address");
      continue;
    }
    const auto id = static_cast<std::uint64_t>(parcel->delivery);
    net::SmtpMail mail{.id = id,
                       .sender = std::move(written->sender),
                       .recipient = parcel->recipient.address,
                       .bytes = std::move(written->mail.bytes),
                       .needs_smtputf8 = written->mail.needs_smtputf8};
    under_way_.emplace(id, *std::move(parcel));
    return mail;
  }
  return std::nullopt;
}

void MailRelayChannel::done(std::uint64_t id, const net::SmtpOutcome& outcome) {
  const auto found = under_way_.find(id);
  CHECK(found != under_way_.end());
  Parcel parcel = std::move(found->second);
  under_way_.erase(found);
  switch (outcome.kind) {
    case net::SmtpOutcome::Kind::accepted:
      return outbox_.settle(parcel, Delivery::State::sent, code_of(outcome));
    case net::SmtpOutcome::Kind::refused:
      return outbox_.settle(parcel, Delivery::State::refused, code_of(outcome),
                            is_hard_refusal(outcome.code, outcome.enhanced)
                                ? fmt::format("refused: {}", code_of(outcome))
                                : "");
    case net::SmtpOutcome::Kind::deferred:
      // Without a reply it is the way there that failed, not the recipient.
      // The server's words may name the address; its code does not.
      return outcome.code == 0
                 ? outbox_.put_back(std::move(parcel), outcome.text)
                 : outbox_.defer(std::move(parcel), code_of(outcome), is_for_all(outcome));
  }
}

}  // namespace nocturn::notifications
