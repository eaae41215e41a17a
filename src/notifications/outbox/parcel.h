#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "notifications/letters/letter.h"
#include "notifications/model.h"

// Everything a channel must know to deliver one thing to one recipient; plain values.
namespace nocturn::notifications {

struct Parcel {
  std::int64_t delivery = 0;
  std::vector<std::int64_t> riders = {};  // other deliveries that go in it: the rest of a digest
  Delivery::Purpose purpose = Delivery::Purpose::telling;
  WallTime queued_at = {};
  std::int64_t tries = 0;   // in vain, so far
  SteadyTime read_at = {};  // from the store
  Recipient recipient = {};
  // Of a telling; a digest has them in `digest` instead.
  std::shared_ptr<const Telling> telling = {};
  std::string mine = {};  // which of its rows, as events::mine_of() writes it
  std::vector<DigestPart> digest = {};
  // Of a request to confirm.
  Choices choices = {};
  WallTime confirm_until = {};
};

}  // namespace nocturn::notifications
