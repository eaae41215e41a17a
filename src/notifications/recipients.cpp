#include "notifications/recipients.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "net/mail_address.h"

namespace nocturn::notifications {
namespace {

bool wants(const std::vector<Topic>& topics, Topic topic) {
  return std::ranges::find(topics, topic) != topics.end();
}

// The rows in question, and how one gets from what is followed to them.
class Rows {
 public:
  Rows(const Audience& audience, const inventory::Cloud& cloud,
       std::span<const std::string> instances, const std::map<std::string, std::string>& former)
      : instances_(instances) {
    for (std::size_t row = 0; row < instances.size(); ++row) {
      if (const auto* found = cloud.find(inventory::InstanceId(instances[row])))
        of_product_[found->product.text()].push_back(row);
      else if (const auto gone = former.find(instances[row]); gone != former.end())
        of_product_[gone->second].push_back(row);
      const auto tenants = audience.tenants.find(instances[row]);
      if (tenants == audience.tenants.end()) continue;
      for (const customers::Institution& institution : tenants->second)
        of_institution_[institution.id.text()].push_back(row);
    }
  }

  std::set<std::size_t> followed_by(const Choices& choices) const {
    std::set<std::size_t> rows = named(choices.instances);
    for (const std::string& product : choices.products) add(of_product_, product, rows);
    for (const std::string& institution : choices.institutions)
      add(of_institution_, institution, rows);
    return rows;
  }

  std::set<std::size_t> named(const std::vector<std::string>& instances) const {
    std::set<std::size_t> rows;
    for (const std::string& instance : instances) {
      const auto found = std::ranges::lower_bound(instances_, instance);
      if (found != instances_.end() && *found == instance)
        rows.insert(static_cast<std::size_t>(found - instances_.begin()));
    }
    return rows;
  }

  const std::string& operator[](std::size_t row) const { return instances_[row]; }

 private:
  using Index = std::unordered_map<std::string, std::vector<std::size_t>>;
  static void add(const Index& index, const std::string& key, std::set<std::size_t>& rows) {
    if (const auto found = index.find(key); found != index.end())
      rows.insert(found->second.begin(), found->second.end());
  }

  std::span<const std::string> instances_;
  Index of_product_, of_institution_;
};

// Recipients in the order in which they stand for an address, each address once.
class Addresses {
 public:
  // `owner`: of a URL, for which each owner has a subscription of their own.
  void add(Recipient recipient, const std::string& owner, const std::set<std::size_t>& rows) {
    if (rows.empty()) return;
    const std::string key = fmt::format("{} {} {}", recipient.channel,
                                        address_key(recipient.channel, recipient.address), owner);
    const auto [place, fresh] = places_.try_emplace(key, found_.size());
    if (fresh) found_.emplace_back(std::move(recipient), std::set<std::size_t>());
    found_[place->second].second.insert(rows.begin(), rows.end());
  }

  std::vector<Addressee> take(const Rows& rows) {
    std::vector<Addressee> list;
    list.reserve(found_.size());
    for (auto& [recipient, mine] : found_) {
      Addressee addressee{.recipient = std::move(recipient), .instances = {}};
      for (const std::size_t row : mine) addressee.instances.push_back(rows[row]);
      list.push_back(std::move(addressee));
    }
    std::ranges::sort(list, {}, [](const Addressee& one) { return one.recipient.id; });
    return list;
  }

 private:
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<std::pair<Recipient, std::set<std::size_t>>> found_;
};

}  // namespace

Recipient recipient_of(const Subscription& subscription) {
  return {.id = RecipientId(subscription.id.text()),
          .channel = subscription.channel,
          .address = subscription.address,
          .institution = subscription.institution,
          .language = subscription.choices.language,
          .shared = subscription.shared,
          .digest = subscription.choices.digest && subscription.channel == kEmail};
}

Recipient recipient_of(const customers::Contact& contact, const customers::Institution& institution,
                       bool digest) {
  return {.id = RecipientId(contact.id.text()),
          .channel = std::string(kEmail),
          .address = contact.email,
          .name = contact.name,
          .institution = institution.name,
          .time_zone = institution.time_zone,
          .language = contact.language.empty() ? institution.language : contact.language,
          .contact = true,
          .digest = digest};
}

std::string address_key(std::string_view channel, std::string_view address) {
  if (channel != kEmail) return std::string(address);
  const auto parsed = net::parse_mail_address(address);
  return parsed ? lower_ascii(parsed->local + "@" + parsed->ascii_domain) : lower_ascii(address);
}

std::vector<Addressee> addressees(const Audience& audience, const inventory::Cloud& cloud,
                                  Topic topic, std::span<const std::string> instances,
                                  const std::map<std::string, std::string>& former) {
  const Rows rows(audience, cloud, instances, former);
  std::vector<const Subscription*> subscriptions;
  for (const Subscription& subscription : audience.subscriptions)
    subscriptions.push_back(&subscription);
  std::ranges::sort(subscriptions, {}, [](const Subscription* one) { return one->id; });

  Addresses addresses;
  for (const Subscription* subscription : subscriptions) {
    if (!wants(subscription->choices.topics, topic)) continue;
    if (audience.quarantined.contains(RecipientId(subscription->id.text()))) continue;
    addresses.add(recipient_of(*subscription), address_key(kEmail, subscription->owner),
                  rows.followed_by(subscription->choices));
  }
  for (const customers::Listener& listener : audience.contacts) {
    const RecipientId id(listener.contact.id.text());
    const auto chosen = audience.choices.find(id);
    const bool has_chosen = chosen != audience.choices.end();
    if (has_chosen && (chosen->second.left || !wants(chosen->second.topics, topic))) continue;
    if (audience.quarantined.contains(id)) continue;
    addresses.add(
        recipient_of(listener.contact, listener.institution, has_chosen && chosen->second.digest),
        "", rows.named(listener.instances));
  }
  return addresses.take(rows);
}

}  // namespace nocturn::notifications
