#include "notifications/subscribing.h"

#include <algorithm>

#include "base/line.h"
#include "base/text.h"
#include "net/client_address.h"
#include "net/mail_address.h"
#include "net/url.h"
#include "notifications/events.h"
#include "notifications/mailbox.h"
#include "status_page/status_page.h"

namespace nocturn::notifications {
namespace {

constexpr std::string_view kChannels[] = {kEmail, kWebhook, kChat};

std::string take(Result<std::string> spelled, std::string_view path, Faults& faults) {
  if (spelled) return *std::move(spelled);
  faults.push_back({std::string(path), spelled.error().message});
  return {};
}

std::string mail_address(const std::string& text, std::string_view path, Faults& faults) {
  const std::size_t before = faults.size();
  std::string address = take(spell_email(text), path, faults);
  if (faults.size() > before) return {};
  const auto parsed = net::parse_mail_address(address);
  if (address.empty())
    faults.push_back({std::string(path), "an e-mail address is needed"});
  else if (!parsed)
    faults.push_back({std::string(path), parsed.error().message});
  else if (!is_plain_mailbox(*parsed))
    faults.push_back({std::string(path), "no address of a mailbox; write name@example.org"});
  return address;
}

// `private_ones`: the operator lets URLs lead into private networks. Then a program on the hub's
// own machine needs no certificate.
void check_url(const std::string& url, bool private_ones, Faults& faults) {
  const auto parsed = net::parse_url(url);
  const bool is_near = parsed && private_ones && net::is_loopback(parsed->host.host);
  if (!parsed)
    faults.push_back({"address", parsed.error().message});
  else if (!url.starts_with("https://") && !is_near)
    faults.push_back({"address", "news go to an address that begins with https://"});
  else if (url.size() > kLongestUrl || has_hidden(url))
    faults.push_back({"address", fmt::format("at most {} plain characters", kLongestUrl)});
}

void sort_once(std::vector<std::string>& list) {
  std::ranges::sort(list);
  const auto twice = std::ranges::unique(list);
  list.erase(twice.begin(), twice.end());
}

template <class Map>
void check_known(const Map& known, const std::vector<std::string>& ids, std::string_view path,
                 std::string_view kind, Faults& faults) {
  for (const std::string& id : ids) {
    if (known.contains(typename Map::key_type(id))) continue;
    faults.push_back({std::string(path), fmt::format("there is no {} \"{}\"", kind, id)});
  }
  if (ids.size() > kMostFollowed)
    faults.push_back({std::string(path), fmt::format("at most {} are followed", kMostFollowed)});
}

Choices joined(Choices one, const Choices& other) {
  const auto join = [](std::vector<std::string>& into, const std::vector<std::string>& from) {
    into.insert(into.end(), from.begin(), from.end());
    sort_once(into);
    if (into.size() > kMostFollowed) into.resize(kMostFollowed);
  };
  join(one.instances, other.instances);
  join(one.products, other.products);
  join(one.institutions, other.institutions);
  one.topics.insert(one.topics.end(), other.topics.begin(), other.topics.end());
  std::ranges::sort(one.topics);
  const auto twice = std::ranges::unique(one.topics);
  one.topics.erase(twice.begin(), twice.end());
  one.language = other.language;  // the one of the newer request
  return one;
}

bool is_pending(const Subscription& one) { return one.state == Subscription::State::pending; }

}  // namespace

Choices spelled(Choices wanted, const inventory::Cloud& cloud, Faults& faults) {
  for (auto* list : {&wanted.instances, &wanted.products, &wanted.institutions}) sort_once(*list);
  check_known(cloud.instances, wanted.instances, "choices.instances", "instance", faults);
  check_known(cloud.products, wanted.products, "choices.products", "product", faults);
  if (wanted.institutions.size() > kMostFollowed)
    faults.push_back(
        {"choices.institutions", fmt::format("at most {} are followed", kMostFollowed)});
  std::ranges::sort(wanted.topics);
  const auto twice = std::ranges::unique(wanted.topics);
  wanted.topics.erase(twice.begin(), twice.end());
  if (wanted.topics.empty())
    faults.push_back({"choices.topics", "choose at least one kind of news; or leave altogether"});
  if (wanted.instances.empty() && wanted.products.empty() && wanted.institutions.empty())
    faults.push_back({"choices.instances", "choose at least one instance"});
  if (!status_page::locale_from(wanted.language))
    faults.push_back(
        {"choices.language", fmt::format("\"{}\" is no language of this page", wanted.language)});
  return wanted;
}

Subscription spelled(Subscription wanted, const inventory::Cloud& cloud, Faults& faults) {
  if (std::ranges::find(kChannels, wanted.channel) == std::end(kChannels))
    faults.push_back({"channel", fmt::format("\"{}\" is no channel; one of {}", wanted.channel,
                                             fmt::join(kChannels, ", "))});
  if (wanted.channel == kEmail) {
    wanted.address = mail_address(wanted.address, "address", faults);
    wanted.owner.clear();
  } else {
    check_url(wanted.address, cloud.notifications.private_webhooks, faults);
    wanted.owner = mail_address(wanted.owner, "owner", faults);
  }
  if (!trim(wanted.institution).empty())
    wanted.institution =
        take(spell_line("the institution", wanted.institution), "institution", faults);
  wanted.choices = spelled(std::move(wanted.choices), cloud, faults);
  return wanted;
}

Events request(const Subscription& wanted, std::size_t waiting, WallTime now) {
  if (waiting >= kMostUnconfirmed)
    return fail(ErrorCode::limited, "{} requests for this address wait to be confirmed already",
                waiting);
  return {{events::requested(wanted, now + kTimeToConfirm)}};
}

const Subscription* joined_by(const Subscription& pending, std::span<const Subscription> same) {
  const auto found = std::ranges::find_if(same, [&](const Subscription& other) {
    return other.id != pending.id && !is_pending(other) &&
           address_key(kEmail, other.owner) == address_key(kEmail, pending.owner);
  });
  return found == same.end() ? nullptr : &*found;
}

Events confirm(const Subscription& pending, WallTime until, std::span<const Subscription> same,
               WallTime now) {
  if (!is_pending(pending)) return fail(ErrorCode::conflict, "this link was used already");
  if (now >= until) return fail(ErrorCode::conflict, "this link was to be used within a day");
  std::vector<ledger::Event> events;
  const Subscription* older = joined_by(pending, same);
  if (older == nullptr) {
    events.push_back(events::confirmed(pending.id));
    if (!pending.trouble.empty())  // it was just reached
      events.push_back(events::released(RecipientId(pending.id.text()), "subscriber"));
    return events;
  }
  const Choices all = joined(older->choices, pending.choices);
  if (all != older->choices) events.push_back(events::changed(older->id, all, "subscriber"));
  if (older->state == Subscription::State::quarantined)  // it was just reached
    events.push_back(events::released(RecipientId(older->id.text()), "subscriber"));
  events.push_back(events::ended(pending.id, "joined another", "subscriber"));
  return events;
}

Events change(const Subscription& subscription, const Choices& wanted, std::string_view by) {
  if (is_pending(subscription))
    return fail(ErrorCode::conflict, "this subscription waits to be confirmed first");
  std::vector<ledger::Event> events;
  if (wanted != subscription.choices)
    events.push_back(events::changed(subscription.id, wanted, by));
  return events;
}

Events leave(const Subscription& subscription, std::string_view because, std::string_view by) {
  return {{events::ended(subscription.id, because, by)}};
}

}  // namespace nocturn::notifications
