#include "customers/events.h"

#include <boost/json.hpp>

#include "base/json_time.h"
#include "ledger/payload.h"

namespace nocturn::customers::events {
namespace {

using ledger::Sensitivity;

ledger::Event about_institution(std::string_view type, const InstitutionId& institution,
                                JsonObject payload, std::string_view by) {
  payload["institution"] = institution.text();
  payload["by"] = by;
  return ledger::event_of(type, "institution/" + institution.text(), payload,
                          Sensitivity::internal);
}

ledger::Event about_institution(std::string_view type, const Institution& institution,
                                std::string_view by) {
  return about_institution(
      type, institution.id,
      {{"name", institution.name},
       {"territory", institution.territory},
       {"time_zone", institution.time_zone},
       {"language", institution.language},
       {"aliases", JsonArray(institution.aliases.begin(), institution.aliases.end())}},
      by);
}

ledger::Event about_contact(std::string_view type, const Contact& contact, std::string_view by) {
  const JsonObject payload{
      {"contact", contact.id.text()},
      {"institution", contact.institution.text()},
      {"name", contact.name},
      {"email", contact.email},
      {"language", contact.language},
      {"products", JsonArray(contact.products.begin(), contact.products.end())},
      {"by", by}};
  return ledger::event_of(type, "contact/" + contact.id.text(), payload, Sensitivity::personal);
}

ledger::Event about_asset(std::string_view type, const Asset& asset, JsonObject payload,
                          std::string_view by) {
  payload["asset"] = asset.id.text();
  payload["institution"] = asset.institution.text();
  payload["by"] = by;
  return ledger::event_of(type, "asset/" + asset.id.text(), payload, Sensitivity::internal);
}

}  // namespace

ledger::Event institution_added(const Institution& institution, std::string_view by) {
  return about_institution(kInstitutionAdded, institution, by);
}
ledger::Event institution_changed(const Institution& institution, std::string_view by) {
  return about_institution(kInstitutionChanged, institution, by);
}
ledger::Event institution_removed(const InstitutionId& institution, std::string_view by) {
  return about_institution(kInstitutionRemoved, institution, {}, by);
}

ledger::Event contact_added(const Contact& contact, std::string_view by) {
  return about_contact(kContactAdded, contact, by);
}
ledger::Event contact_changed(const Contact& contact, std::string_view by) {
  return about_contact(kContactChanged, contact, by);
}
// Not personal: it stays when the others are erased.
ledger::Event contact_removed(const Contact& contact, std::string_view by) {
  return ledger::event_of(
      kContactRemoved, "contact/" + contact.id.text(),
      {{"contact", contact.id.text()}, {"institution", contact.institution.text()}, {"by", by}},
      Sensitivity::internal);
}

ledger::Event asset_set(const Asset& asset, std::string_view by) {
  return about_asset(kAssetSet, asset,
                     {{"product", asset.product},
                      {"instance", asset.instance},
                      {"from", to_rfc3339(asset.from)},
                      {"until", time_or_null(asset.until)}},
                     by);
}
ledger::Event asset_removed(const Asset& asset, std::string_view by) {
  return about_asset(kAssetRemoved, asset, {}, by);
}

}  // namespace nocturn::customers::events
