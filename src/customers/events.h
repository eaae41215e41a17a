#pragma once

#include <string_view>

#include "customers/model.h"
#include "ledger/ledger.h"

// The events of this folder. A contact's are personal data and name it by its id alone, so that
// erasing their payloads leaves nothing of the person. `by` is who did it. Pure.
namespace nocturn::customers::events {

inline constexpr std::string_view kInstitutionAdded = "customers.institution.added";
inline constexpr std::string_view kInstitutionChanged = "customers.institution.changed";
inline constexpr std::string_view kInstitutionRemoved = "customers.institution.removed";
inline constexpr std::string_view kContactAdded = "customers.contact.added";
inline constexpr std::string_view kContactChanged = "customers.contact.changed";
inline constexpr std::string_view kContactRemoved = "customers.contact.removed";
inline constexpr std::string_view kAssetSet = "customers.asset.set";
inline constexpr std::string_view kAssetRemoved = "customers.asset.removed";

ledger::Event institution_added(const Institution& institution, std::string_view by);
ledger::Event institution_changed(const Institution& institution, std::string_view by);
ledger::Event institution_removed(const InstitutionId& institution, std::string_view by);
ledger::Event contact_added(const Contact& contact, std::string_view by);
ledger::Event contact_changed(const Contact& contact, std::string_view by);
ledger::Event contact_removed(const Contact& contact, std::string_view by);
// Added or changed: all that is known of it.
ledger::Event asset_set(const Asset& asset, std::string_view by);
ledger::Event asset_removed(const Asset& asset, std::string_view by);

}  // namespace nocturn::customers::events
