#include "notifications/channels/mail_writer.h"

#include "notifications/bounces/bounce.h"
#include "notifications/events.h"

namespace nocturn::notifications {
namespace {

std::string domain_of(const std::string& address) { return address.substr(address.rfind('@') + 1); }

Links links_to(const std::string& page, std::string_view token, bool shared) {
  const std::string own = fmt::format("{}/subscriptions/{}", page, token);
  return {.page = page + "/", .manage = own, .unsubscribe = shared ? "" : own, .confirm = {}};
}

// Named after what it tells and to whom; the thread is the notice.
void set_thread(const Parcel& parcel, const std::string& domain, net::MailMessage& message) {
  const std::string& to = parcel.recipient.id.text();
  if (parcel.telling == nullptr) {
    message.message_id =
        fmt::format("{}.{}.{}@{}", name_of(parcel.purpose), parcel.delivery, to, domain);
    return;
  }
  const Telling& telling = *parcel.telling;
  message.message_id =
      fmt::format("{}.{}.{}@{}", telling.notice.text(), telling.number, to, domain);
  // All refer to a first one that is never sent, so that they are one thread whichever of them the
  // recipient got.
  message.in_reply_to = fmt::format("{}.{}@{}", telling.notice.text(), to, domain);
  message.references = {message.in_reply_to};
}

}  // namespace

Letter MailWriter::letter_for(const Parcel& parcel, const House& house, const Links& links) {
  const Occasion occasion{*house.cloud, parcel.recipient, links};
  if (parcel.purpose == Delivery::Purpose::confirmation)
    return confirmation(occasion, parcel.choices, parcel.confirm_until);
  if (parcel.purpose == Delivery::Purpose::manage_link) return manage_link(occasion);
  if (!parcel.digest.empty()) return digest(occasion, parcel.digest);
  if (pressed_.cloud != house.cloud || pressed_.page != house.page) {
    press_.reset();
    pressed_ = house;
    press_.emplace(*pressed_.cloud, links.page);
  }
  return press_->letter(parcel.recipient, links, *parcel.telling,
                        events::rows_of(parcel.telling->rows, parcel.mine));
}

Result<MailWriter::Written> MailWriter::write(const Parcel& parcel, const House& house) {
  const inventory::NoticeSending& sending = house.cloud->notifications;
  const Recipient& to = parcel.recipient;
  const std::string domain = domain_of(sending.from);
  const std::string token = links_.token(Use::manage, to.id);
  Links links = links_to(house.page, token, to.shared);
  net::MailMessage message;
  message.from = {.name = sending.name.empty() ? house.cloud->name : sending.name,
                  .address = sending.from};
  if (!sending.reply_to.empty()) message.reply_to = net::Mailbox{.address = sending.reply_to};
  message.to = {{.name = to.name, .address = to.address}};
  message.date = parcel.queued_at;
  set_thread(parcel, domain, message);
  message.headers = {{"Auto-Submitted", "auto-generated"},
                     {"X-Auto-Response-Suppress", "All"},
                     {std::string(kDeliveryHeader), links_.bounce_token(parcel.delivery)}};
  if (parcel.purpose == Delivery::Purpose::telling) {
    message.headers.push_back({"List-Id", fmt::format("<notices.{}>", domain)});
    message.headers.push_back({"List-Unsubscribe", fmt::format("<{}>", links.manage)});
    if (!to.shared)
      message.headers.push_back({"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"});
  }
  if (parcel.purpose == Delivery::Purpose::confirmation)
    links.confirm =
        fmt::format("{}/subscriptions/{}", house.page, links_.token(Use::confirm, to.id));
  Letter letter = letter_for(parcel, house, links);
  message.subject = std::move(letter.subject);
  message.text = std::move(letter.text);
  message.html = std::move(letter.html);
  Written written{.mail = TRY(net::compose(message)), .sender = sending.from};
  if (!sending.bounces_to.empty()) {
    const std::size_t at = sending.bounces_to.rfind('@');
    written.sender =
        fmt::format("{}+{}{}", sending.bounces_to.substr(0, at),
                    links_.bounce_token(parcel.delivery), sending.bounces_to.substr(at));
  }
  return written;
}

}  // namespace nocturn::notifications
