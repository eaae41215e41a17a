#include "customers/shapes.h"

#include <boost/json.hpp>

#include "base/json_time.h"
#include "base/line.h"

namespace nocturn::customers {
namespace {

constexpr std::int64_t kLongestId = 128;

JsonArray list_of(const std::vector<std::string>& texts) {
  return JsonArray(texts.begin(), texts.end());
}

template <class Row>
JsonArray rows_of(const std::vector<Row>& rows) {
  JsonArray list;
  for (const Row& row : rows) list.push_back(to_json(row));
  return list;
}

Shape name() { return shape::text("Full name.", 1, kLongestLine); }
Shape territory() { return shape::text("Id of one of the cloud's territories.", 1, kLongestId); }
Shape time_zone() { return shape::text("IANA name, such as Europe/Amsterdam.", 1, 64); }
Shape language() { return shape::text("In which it is written to: en or he.", 0, 16); }
Shape aliases() {
  return shape::list("Other names that its users know it by.",
                     shape::text("A name.", 1, kLongestLine), kMostAliases);
}
Shape email() { return shape::text("E-mail address.", 1, kLongestEmail); }
Shape own_language() { return shape::text("en or he; empty: the institution's.", 0, 16); }
Shape products() {
  return shape::list("Ids of the products whose instances they want to hear of.",
                     shape::text("A product.", 1, kLongestId), kMostProducts);
}
Shape product() { return shape::text("Id of one of the cloud's products.", 1, kLongestId); }
Shape instance() { return shape::text("Id of an instance of that product.", 1, kLongestId); }
Shape from() { return shape::time("From when it is used there."); }
Shape until() { return shape::time("When that ends; null: not foreseen.").or_null(); }

Shape version() { return shape::text("Changes with it; for If-Match."); }

}  // namespace

Json to_json(const Institution& institution) {
  return {{"id", institution.id.text()},
          {"name", institution.name},
          {"territory", institution.territory},
          {"time_zone", institution.time_zone},
          {"language", institution.language},
          {"aliases", list_of(institution.aliases)},
          {"version", std::to_string(institution.version)}};
}

Json to_json(const Contact& contact) {
  return {{"id", contact.id.text()},
          {"name", contact.name},
          {"email", contact.email},
          {"language", contact.language},
          {"products", list_of(contact.products)},
          {"version", std::to_string(contact.version)}};
}

Json to_json(const Asset& asset) {
  return {{"id", asset.id.text()},
          {"product", asset.product},
          {"instance", asset.instance},
          {"from", to_rfc3339(asset.from)},
          {"until", time_or_null(asset.until)},
          {"version", std::to_string(asset.version)}};
}

Json to_json(const Account& account) {
  return {{"institution", to_json(account.institution)},
          {"contacts", rows_of(account.contacts)},
          {"assets", rows_of(account.assets)}};
}

Json to_json(const Import& import, bool imported) {
  JsonArray mistakes;
  for (const Mistake& mistake : import.mistakes)
    mistakes.push_back(
        Json{{"line", mistake.line}, {"field", mistake.field}, {"what", mistake.what}});
  return {{"kind", import.kind},
          {"imported", imported},
          {"rows", import.rows},
          {"added", import.added},
          {"changed", import.changed},
          {"unchanged", import.unchanged},
          {"mistakes", std::move(mistakes)}};
}

namespace shapes {

Shape institution() {
  return shape::object("Institution", "A customer.",
                       {{"id", shape::text("A word of its own.", 1, kLongestId)},
                        {"name", name()},
                        {"territory", territory()},
                        {"time_zone", time_zone()},
                        {"language", language()},
                        {"aliases", aliases()},
                        {"version", version()}});
}

Shape contact() {
  return shape::object("Contact", "Somebody at an institution.",
                       {{"id", shape::text("Its id.")},
                        {"name", name()},
                        {"email", email()},
                        {"language", own_language()},
                        {"products", products()},
                        {"version", version()}});
}

Shape asset() {
  return shape::object("AccountAsset", "A product that an institution uses at an instance.",
                       {{"id", shape::text("Its id.")},
                        {"product", product()},
                        {"instance", instance()},
                        {"from", from()},
                        {"until", until()},
                        {"version", version()}});
}

Shape account() {
  return shape::object("CustomerAccount", "An institution with all that hangs on it.",
                       {{"institution", institution()},
                        {"contacts", shape::list("By name.", contact())},
                        {"assets", shape::list("By instance and time.", asset())}});
}

Shape import() {
  const Shape mistake =
      shape::object("ImportMistake", "What is wrong with a table.",
                    {{"line", shape::integer("From 1; 0: the table as a whole.", 0)},
                     {"field", shape::text("The column; empty: the row as a whole.")},
                     {"what", shape::text("What is wrong, and what would be right.")}});
  return shape::object(
      "CustomerImport", "What a table does to the customers.",
      {{"kind", shape::text("institutions, contacts or assets; empty when that is not told.")},
       {"imported", shape::boolean("Whether it was done; never with a mistake.")},
       {"rows", shape::integer("Of the table, without its header.", 0)},
       {"added", shape::integer("Rows that were new.", 0)},
       {"changed", shape::integer("Rows that were there, and not like this.", 0)},
       {"unchanged", shape::integer("Rows that were there already.", 0)},
       {"mistakes", shape::list("All of them, in the table's order.", mistake)}});
}

Shape institution_to_add() {
  return shape::object("AddInstitution", "A new customer.",
                       {{"id", shape::text("Lower-case letters, digits, hyphens.", 1, kLongestId)},
                        {"name", name()},
                        {"territory", territory()},
                        {"time_zone", time_zone()},
                        {"language", language(), shape::optional},
                        {"aliases", aliases(), shape::optional}});
}

Shape institution_to_change() {
  return shape::object("ChangeInstitution", "What is to be otherwise.",
                       {{"name", name(), shape::optional},
                        {"territory", territory(), shape::optional},
                        {"time_zone", time_zone(), shape::optional},
                        {"language", language(), shape::optional},
                        {"aliases", aliases(), shape::optional}});
}

Shape contact_to_add() {
  return shape::object("AddContact", "A new contact.",
                       {{"name", name()},
                        {"email", email()},
                        {"language", own_language(), shape::optional},
                        {"products", products(), shape::optional}});
}

Shape contact_to_change() {
  return shape::object("ChangeContact", "What is to be otherwise.",
                       {{"name", name(), shape::optional},
                        {"email", email(), shape::optional},
                        {"language", own_language(), shape::optional},
                        {"products", products(), shape::optional}});
}

Shape asset_to_add() {
  return shape::object("AddAccountAsset", "A product that the institution uses.",
                       {{"product", product()},
                        {"instance", instance()},
                        {"from", from(), shape::optional},
                        {"until", until(), shape::optional}});
}

Shape asset_to_change() {
  return shape::object("ChangeAccountAsset", "Its time; another place is another asset.",
                       {{"from", from(), shape::optional}, {"until", until(), shape::optional}});
}

Shape asset_to_move() {
  return shape::object(
      "MoveAccountAsset", "To which instance, and when.",
      {{"instance", instance()},
       {"from", shape::time("From when it is used there; not given: now."), shape::optional}});
}

}  // namespace shapes
}  // namespace nocturn::customers
