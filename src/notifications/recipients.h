#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "customers/customers.h"
#include "inventory/model.h"
#include "notifications/model.h"

// Who is told: the rule from subscriptions, contacts and account assets of one moment to addresses.
// Used for what is sent and for the preview of it alike. Pure.
namespace nocturn::notifications {

// What a contact chose for themselves. A contact who chose nothing hears of every topic, at once.
struct ContactChoices {
  std::vector<Topic> topics = {};
  bool digest = false;
  bool left = false;
};

// Everybody who may have to be told, at one moment.
struct Audience {
  std::vector<Subscription> subscriptions = {};    // active ones
  std::vector<customers::Listener> contacts = {};  // with the instances they use now
  customers::Tenants tenants = {};                 // of each instance, now
  std::map<RecipientId, ContactChoices> choices = {};
  std::set<RecipientId> quarantined = {};
};

// Somebody to tell, and of which rows: some of those that were asked for, sorted.
struct Addressee {
  Recipient recipient;
  std::vector<std::string> instances;
  bool operator==(const Addressee&) const = default;
};

// Everybody who wants to hear of `topic` at one of `instances` (sorted), by recipient id. Each
// address of a channel comes once, with the rows of all who share it: a subscription, which
// somebody chose, stands for it before a contact, the older before the younger. `former`: the
// products of instances that are no longer in the cloud.
std::vector<Addressee> addressees(const Audience& audience, const inventory::Cloud& cloud,
                                  Topic topic, std::span<const std::string> instances,
                                  const std::map<std::string, std::string>& former = {});

// As somebody to be told.
Recipient recipient_of(const Subscription& subscription);
Recipient recipient_of(const customers::Contact& contact, const customers::Institution& institution,
                       bool digest);

// An address as two are compared: the domain's case never counts, and nobody gives two people
// addresses that differ in case alone. A URL is compared as it is.
std::string address_key(std::string_view channel, std::string_view address);

}  // namespace nocturn::notifications
