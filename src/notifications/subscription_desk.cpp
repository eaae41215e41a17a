#include "notifications/subscription_desk.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "notifications/events.h"
#include "notifications/records.h"

namespace nocturn::notifications {
namespace {

constexpr std::string_view kSubscriber = "subscriber";

std::unexpected<Error> unknown_link() {
  return fail(ErrorCode::not_found,
              "this link leads to nothing: it is not complete, or what it was for is over");
}

// Subscriptions name institutions that are kept; they are looked up here, where there is a reader.
Status check_institutions(store::Reader& reader, const Choices& choices) {
  Faults faults;
  for (const std::string& id : choices.institutions)
    if (!TRY(customers::is_institution(reader, customers::InstitutionId(id))))
      faults.push_back({"choices.institutions", fmt::format("there is no institution \"{}\"", id)});
  return faults.empty() ? Status{} : std::unexpected(to_error(faults));
}

// An address leaves as a whole: as a contact of every institution, and with its own subscription,
// unless many people read that.
Events leave_everywhere(store::Reader& reader, const SubscriptionDesk::Holding& held) {
  std::vector<ledger::Event> events;
  if (!held.contact)
    events.push_back(events::ended(SubscriptionId(held.recipient.text()), "left", kSubscriber));
  if (held.channel != kEmail) return events;
  for (const customers::ContactId& id : TRY(customers::contacts_at(reader, held.address))) {
    ContactChoices choices{.topics = {std::begin(kTopics), std::end(kTopics)}};
    const RecipientId recipient(id.text());
    if (const auto chosen = TRY(records::contact_choices(reader, recipient))) choices = *chosen;
    if (std::exchange(choices.left, true)) continue;
    events.push_back(events::contact_chose(recipient, choices));
  }
  if (!held.contact) return events;
  for (const Subscription& one : TRY(records::subscriptions_at(reader, kEmail, held.address)))
    if (!one.shared && one.confirmed_at)
      events.push_back(events::ended(one.id, "left", kSubscriber));
  return events;
}

}  // namespace

Status SubscriptionDesk::recall_pace() {
  return parts_.database->read([this](store::Reader& reader) -> Status {
    const WallTime since = parts_.clock->wall() - std::chrono::hours(1);
    pace_.recall(parts_.clock->steady(), TRY(records::confirmations_since(reader, since)));
    return {};
  });
}

Status SubscriptionDesk::request(Subscription wanted, std::string_view source) {
  Faults faults;
  wanted = spelled(std::move(wanted), *parts_.cloud(), faults);
  if (!faults.empty()) return std::unexpected(to_error(faults));
  if (!parts_.admits(source))
    return fail(ErrorCode::limited, "too many requests come from your address; try again later");
  TRY_STATUS(keep_pace());
  wanted.id = SubscriptionId(new_uuid(*parts_.clock, *parts_.random));
  wanted.state = Subscription::State::pending;
  const auto recorded =
      parts_.ledger->record([wanted](store::Reader& reader, WallTime now) -> Events {
        TRY_STATUS(check_institutions(reader, wanted.choices));
        const std::string& mailed = wanted.channel == kEmail ? wanted.address : wanted.owner;
        const std::size_t waiting = TRY(records::waiting_for(reader, mailed));
        auto events = notifications::request(wanted, waiting, now);
        // Who asks for somebody else's address must not learn that others did, too.
        if (!events && events.error().code == ErrorCode::limited)
          return std::vector<ledger::Event>{};
        return events;
      });
  if (!recorded) return std::unexpected(recorded.error());
  return {};
}

Status SubscriptionDesk::keep_pace() {
  const int an_hour = parts_.cloud()->notifications.confirmations_per_hour;
  const ConfirmationPace::Answer answer = pace_.take(parts_.clock->steady(), an_hour);
  if (answer.allowed) return {};
  if (answer.to_tell > 0)
    log::warning(
        "notifications",
        fmt::format("{} requests to subscribe were turned away: more than {} an hour, from "
                    "all sources together (confirmations_per_hour)",
                    answer.to_tell, an_hour));
  Error error{
      ErrorCode::limited, "very many ask to subscribe at present; try again later", {}, true};
  error.retry_after_seconds = 600;
  return std::unexpected(std::move(error));
}

Status SubscriptionDesk::mail_link(std::string_view address, std::string_view source) {
  if (!parts_.admits(source))
    return fail(ErrorCode::limited, "too many requests come from your address; try again later");
  // Not waited for: a commit would tell by its time that there was something to record.
  parts_.ledger->record(
      [key = std::string(address)](store::Reader& reader, WallTime now) -> Events {
        std::vector<ledger::Event> events;
        const auto same = TRY(records::subscriptions_at(reader, kEmail, key));
        for (const Subscription& one : same) {
          if (one.state == Subscription::State::pending) continue;
          const RecipientId id(one.id.text());
          if (!TRY(records::was_mailed_link_since(reader, id, now - std::chrono::hours(1))))
            events.push_back(events::link_asked(id, kEmail));
        }
        return events;
      },
      [](const Result<std::vector<ledger::Entry>>& outcome) {
        if (!outcome)
          log::error("notifications", "a link was asked for in vain: " + outcome.error().text());
      });
  return {};
}

Result<SubscriptionDesk::Holding> SubscriptionDesk::holding(store::Reader& reader,
                                                            const LinkKey::Holder& holder) {
  Holding held{.use = holder.use, .recipient = holder.recipient};
  if (const auto one =
          TRY(records::subscription(reader, SubscriptionId(holder.recipient.text())))) {
    held.address = one->address;
    held.channel = one->channel;
    held.needs_code = one->shared;
    held.pending = one->state == Subscription::State::pending;
    held.trouble = one->trouble;
    held.choices = one->choices;
    held.version = one->version;
    return held;
  }
  const auto contact =
      TRY(customers::find_contact(reader, customers::ContactId(holder.recipient.text())));
  if (!contact || holder.use != Use::manage) return unknown_link();
  held.contact = true;
  held.address = contact->email;
  held.choices.language = contact->language;
  held.choices.products = contact->products;
  held.trouble = TRY(records::quarantined_because(reader, holder.recipient)).value_or("");
  if (const auto chosen = TRY(records::contact_choices(reader, holder.recipient))) {
    held.choices.topics = chosen->topics;
    held.choices.digest = chosen->digest;
    held.left = chosen->left;
  }
  return held;
}

Result<SubscriptionDesk::Holding> SubscriptionDesk::look(std::string_view token) {
  const auto holder = parts_.links->holder(token);
  if (!holder) return unknown_link();
  Result<Holding> held = unknown_link();
  TRY_STATUS(parts_.database->read([&](store::Reader& reader) -> Status {
    held = holding(reader, *holder);
    return {};
  }));
  return held;
}

Result<SubscriptionDesk::Confirmed> SubscriptionDesk::confirm(std::string_view token) {
  const auto holder = parts_.links->holder(token);
  if (!holder || holder->use != Use::confirm) return unknown_link();
  RecipientId stays;
  std::string channel;
  bool shared = false;
  const auto recorded = parts_.ledger->record([&](store::Reader& reader, WallTime now) -> Events {
    const SubscriptionId id(holder->recipient.text());
    const auto pending = TRY(records::subscription(reader, id));
    if (!pending) return unknown_link();
    const WallTime until = TRY(records::confirm_until(reader, id));
    const auto same = TRY(records::subscriptions_at(reader, pending->channel, pending->address));
    auto events = TRY(notifications::confirm(*pending, until, same, now));
    const Subscription* older = joined_by(*pending, same);
    stays = RecipientId((older == nullptr ? *pending : *older).id.text());
    channel = pending->channel;
    shared = pending->shared && older == nullptr;
    return events;
  });
  if (!recorded) return std::unexpected(recorded.error());
  return Confirmed{
      .manage_token = parts_.links->token(Use::manage, stays),
      .code = shared ? parts_.links->code(stays) : "",
      .signing_secret = channel == kWebhook ? parts_.links->signing_secret(stays) : ""};
}

Status SubscriptionDesk::check_code(const Holding& holding, std::string_view code) const {
  if (!holding.needs_code) return {};
  if (!parts_.admits_code(holding.recipient.text()))
    return fail(ErrorCode::limited, "too many codes were tried; wait a while");
  const std::string right = parts_.links->code(holding.recipient);
  if (crypto::equal_in_constant_time(as_bytes(trim(code)), as_bytes(right))) return {};
  return fail(ErrorCode::forbidden,
              "many people read this address: write the code that was shown when the "
              "subscription was confirmed");
}

Status SubscriptionDesk::change(std::string_view token, const Choices& choices,
                                std::string_view code, std::uint64_t version) {
  const Holding seen = TRY(look(token));
  if (seen.use != Use::manage) return unknown_link();
  TRY_STATUS(check_code(seen, code));
  const auto recorded = parts_.ledger->record([&](store::Reader& reader, WallTime) -> Events {
    const Holding held = TRY(holding(reader, {seen.use, seen.recipient}));
    if (version != 0 && version != held.version)
      return fail(ErrorCode::precondition, "somebody changed this meanwhile; look again");
    Faults faults;
    if (held.contact) {
      if (choices.topics.empty()) faults.push_back({"choices.topics", "choose at least one"});
      if (!faults.empty()) return std::unexpected(to_error(faults));
      return {{events::contact_chose(held.recipient,
                                     {.topics = choices.topics, .digest = choices.digest})}};
    }
    Choices wanted = spelled(choices, *parts_.cloud(), faults);
    if (!faults.empty()) return std::unexpected(to_error(faults));
    TRY_STATUS(check_institutions(reader, wanted));
    const auto one = TRY(records::subscription(reader, SubscriptionId(held.recipient.text())));
    return notifications::change(*one, wanted, kSubscriber);
  });
  if (!recorded) return std::unexpected(recorded.error());
  return {};
}

Status SubscriptionDesk::leave(std::string_view token, std::string_view code) {
  const Holding seen = TRY(look(token));
  TRY_STATUS(check_code(seen, code));
  const auto recorded = parts_.ledger->record([&](store::Reader& reader, WallTime) -> Events {
    const Holding held = TRY(holding(reader, {seen.use, seen.recipient}));
    return leave_everywhere(reader, held);
  });
  if (!recorded) return std::unexpected(recorded.error());
  return {};
}

Result<std::vector<SubscriptionDesk::InstitutionChoice>> SubscriptionDesk::institutions(
    std::string_view words, std::size_t limit) {
  std::vector<InstitutionChoice> found;
  TRY_STATUS(parts_.database->read([&](store::Reader& reader) -> Status {
    for (const auto& one : TRY(customers::find_institutions(reader, words, limit)))
      found.push_back({one.id.text(), one.name});
    return {};
  }));
  return found;
}

Result<std::vector<SubscriptionDesk::InstitutionChoice>> SubscriptionDesk::named(
    std::span<const std::string> ids) {
  std::vector<InstitutionChoice> found;
  TRY_STATUS(parts_.database->read([&](store::Reader& reader) -> Status {
    for (const std::string& id : ids)
      if (auto one = TRY(customers::find_institution(reader, customers::InstitutionId(id)));
          one && !one->removed_at)
        found.push_back({one->id.text(), one->name});
    return {};
  }));
  return found;
}

}  // namespace nocturn::notifications
