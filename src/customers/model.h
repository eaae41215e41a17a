#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"

// Who the cloud is for. An institution is a customer; its contacts are people there; its account
// assets say which product it uses at which instance, and since when. What was removed stays in the
// tables with its time and is found by its id alone; an erased contact leaves nothing.
namespace nocturn::customers {

using InstitutionId = Id<struct InstitutionTag>;  // a word of its own: "northgate-university"
using ContactId = Id<struct ContactTag>;
using AssetId = Id<struct AssetTag>;

struct Institution {
  InstitutionId id = {};
  std::string name = {};
  std::string territory = {};             // id of one of the cloud's
  std::string time_zone = {};             // "Europe/Amsterdam"
  std::string language = {};              // BCP 47, one that the program speaks: "en", "he"
  std::vector<std::string> aliases = {};  // other names that its users know it by; sorted
  std::optional<WallTime> removed_at = {};
  std::uint64_t version = 0;  // index of the entry that last changed it
};

struct Contact {
  ContactId id = {};
  InstitutionId institution = {};
  std::string name = {};
  std::string email = {};                  // as it is written to; unique within the institution
  std::string language = {};               // empty: the institution's
  std::vector<std::string> products = {};  // whose instances they want to hear of; sorted
  std::uint64_t version = 0;
};

// From `from` until `until` (exclusive; nothing: for good) the institution uses the product there.
struct Asset {
  AssetId id = {};
  InstitutionId institution = {};
  std::string product = {};
  std::string instance = {};
  WallTime from = {};
  std::optional<WallTime> until = {};
  std::uint64_t version = 0;
};

inline constexpr std::size_t kMostAliases = 50;
inline constexpr std::size_t kMostProducts = 100;    // of a contact
inline constexpr std::size_t kMostContacts = 1'000;  // of an institution
inline constexpr std::size_t kMostAssets = 1'000;    // of an institution

// An institution with all that hangs on it.
struct Account {
  Institution institution;
  std::vector<Contact> contacts = {};
  std::vector<Asset> assets = {};
};

}  // namespace nocturn::customers
