#include "notifications/mail_writer.h"

#include "notifications/bounce.h"
#include "notifications/events.h"

namespace nocturn::notifications {
namespace {

constexpr std::size_t kMostLetters = 256;
// Stands for a token in letters that many share, and has its length, so that it takes the same
// place.
constexpr std::string_view kAnyToken = "_the.token.of.the.recipient.is.put.in.here__";

std::string domain_of(const std::string& address) { return address.substr(address.rfind('@') + 1); }

std::string replaced(std::string text, const std::string& token) {
  for (std::size_t at = text.find(kAnyToken); at != std::string::npos;
       at = text.find(kAnyToken, at + token.size()))
    text.replace(at, kAnyToken.size(), token);
  return text;
}

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

Letter MailWriter::letter_for(const Parcel& parcel, const inventory::Cloud& cloud,
                              const Links& links) {
  const Occasion occasion{cloud, parcel.recipient, links};
  if (parcel.purpose == Delivery::Purpose::confirmation)
    return confirmation(occasion, parcel.choices, parcel.confirm_until);
  if (parcel.purpose == Delivery::Purpose::manage_link) return manage_link(occasion);
  if (!parcel.digest.empty()) return digest(occasion, parcel.digest);
  return letter(occasion, *parcel.telling, events::rows_of(parcel.telling->rows, parcel.mine));
}

const Letter& MailWriter::shared_letter(const Parcel& parcel, const inventory::Cloud& cloud,
                                        const std::string& page) {
  const Recipient& to = parcel.recipient;
  const Key key{parcel.telling->notice.text(),
                parcel.telling->number,
                parcel.mine,
                to.language,
                to.time_zone,
                to.name,
                to.institution,
                to.contact,
                to.shared};
  const auto known = letters_.find(key);
  if (known != letters_.end()) return known->second;
  if (letters_.size() >= kMostLetters) letters_.clear();
  return letters_[key] = letter_for(parcel, cloud, links_to(page, kAnyToken, to.shared));
}

Result<MailWriter::Written> MailWriter::write(const Parcel& parcel, const inventory::Cloud& cloud,
                                              const std::string& page) {
  const inventory::NoticeSending& house = cloud.notifications;
  const Recipient& to = parcel.recipient;
  const std::string domain = domain_of(house.from);
  const std::string token = links_.token(Use::manage, to.id);
  Links links = links_to(page, token, to.shared);
  net::MailMessage message;
  message.from = {.name = house.name.empty() ? cloud.name : house.name, .address = house.from};
  if (!house.reply_to.empty()) message.reply_to = net::Mailbox{.address = house.reply_to};
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
    links.confirm = fmt::format("{}/subscriptions/{}", page, links_.token(Use::confirm, to.id));
  if (parcel.telling != nullptr && parcel.digest.empty()) {
    const Letter& shared = shared_letter(parcel, cloud, page);
    message.subject = shared.subject;
    message.text = replaced(shared.text, token);
    message.html = replaced(shared.html, token);
  } else {
    Letter own = letter_for(parcel, cloud, links);
    message.subject = std::move(own.subject);
    message.text = std::move(own.text);
    message.html = std::move(own.html);
  }
  Written written{.mail = TRY(net::compose(message)), .sender = house.from};
  if (!house.bounces_to.empty()) {
    const std::size_t at = house.bounces_to.rfind('@');
    written.sender = fmt::format("{}+{}{}", house.bounces_to.substr(0, at),
                                 links_.bounce_token(parcel.delivery), house.bounces_to.substr(at));
  }
  return written;
}

}  // namespace nocturn::notifications
