#include "notifications/records.h"

// From a delivery in the store to what a channel needs.
namespace nocturn::notifications::records {
namespace {

Result<std::optional<Recipient>> contact_recipient(store::Reader& reader, const RecipientId& id) {
  const auto contact = TRY(customers::find_contact(reader, customers::ContactId(id.text())));
  if (!contact) return std::nullopt;
  const auto institution = TRY(customers::find_institution(reader, contact->institution));
  if (!institution) return std::nullopt;
  const auto chosen = TRY(contact_choices(reader, id));
  return recipient_of(*contact, *institution, chosen && chosen->digest);
}

// Everything that is due to a recipient of digests goes in one.
Status gather_digest(store::Reader& reader, const StoredDelivery& stored, WallTime now,
                     const std::function<bool(std::int64_t)>& on_its_way, Parcel& parcel) {
  for (const StoredDelivery& one : TRY(due_to(reader, stored.delivery.recipient, now))) {
    if (one.delivery.id != stored.delivery.id && on_its_way(one.delivery.id)) continue;
    const auto told = TRY(telling(reader, one.delivery.notice, one.delivery.number));
    if (!told) continue;
    parcel.digest.push_back({*told, events::rows_of(told->rows, one.mine)});
    if (one.delivery.id != stored.delivery.id) parcel.riders.push_back(one.delivery.id);
  }
  return {};
}

}  // namespace

Result<std::optional<Recipient>> recipient(store::Reader& reader, const RecipientId& id) {
  if (const auto one = TRY(subscription(reader, SubscriptionId(id.text()))))
    return recipient_of(*one);
  return contact_recipient(reader, id);
}

Result<std::optional<Parcel>> parcel(store::Reader& reader, const StoredDelivery& stored,
                                     WallTime now,
                                     const std::function<bool(std::int64_t)>& on_its_way) {
  Parcel parcel{.delivery = stored.delivery.id,
                .purpose = stored.delivery.purpose,
                .queued_at = stored.delivery.queued_at,
                .tries = stored.tries,
                .mine = stored.mine};
  const SubscriptionId id(stored.delivery.recipient.text());
  if (const auto one = TRY(subscription(reader, id))) {
    parcel.recipient = recipient_of(*one);
    if (parcel.purpose == Delivery::Purpose::confirmation) {
      if (one->state != Subscription::State::pending) return std::nullopt;
      parcel.choices = one->choices;
      parcel.confirm_until = TRY(confirm_until(reader, id));
    }
    // What is about the subscription itself goes to who answers for it.
    if (parcel.purpose != Delivery::Purpose::telling && one->channel != kEmail) {
      parcel.recipient.channel = std::string(kEmail);
      parcel.recipient.address = one->owner;
    }
  } else {
    auto contact = TRY(contact_recipient(reader, stored.delivery.recipient));
    if (!contact) return std::nullopt;
    parcel.recipient = *std::move(contact);
  }
  if (parcel.purpose == Delivery::Purpose::telling && parcel.recipient.digest)
    TRY_STATUS(gather_digest(reader, stored, now, on_its_way, parcel));
  return parcel;
}

}  // namespace nocturn::notifications::records
