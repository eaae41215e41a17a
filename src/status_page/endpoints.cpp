#include "status_page/endpoints.h"

#include <unordered_map>

#include <boost/json.hpp>

#include "monitoring/endpoints.h"
#include "status_page/declarations.h"
#include "status_page/words.h"

namespace nocturn::status_page {
namespace {

using net::Call;
using net::Permission;

// The configuration bounds them, and they are in memory: usually wanted whole.
constexpr std::int64_t kMostRows = 10'000;
constexpr std::int64_t kLongestId = 128;

// The declarations that stand, found by instance.
class Standing {
 public:
  explicit Standing(const View& view) {
    for (const DeclaredInterval& interval : view.facts().declared)
      if (!interval.until)
        by_instance_.emplace(interval.declaration.instance.text(), &interval.declaration);
  }
  const Declaration* of(const Row& row) const {
    const auto found = by_instance_.find(row.instance->id.text());
    return found == by_instance_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string_view, const Declaration*> by_instance_;
};

// Programs that name no language get English, whatever the cloud's own is.
const Words& words_for(const Call& call) {
  return Words::in(negotiate(call.request.header("accept-language"), Locale::en));
}

net::Answer in_language(Json json, const Words& words) {
  net::Answer answer(std::move(json));
  answer.headers = {{"content-language", std::string(tag_of(words.locale()))},
                    {"vary", "accept-language"}};
  return answer;
}

JsonObject to_json(const View& view, const Row& row, const Standing& standing, const Words& words) {
  Json declared = nullptr;
  if (const Declaration* word = standing.of(row)) {
    declared = {{"indicator", name_of(word->indicator)},
                {"because", word->because},
                {"by", word->by},
                {"at", to_rfc3339(word->at)}};
  }
  return {{"id", row.instance->id.text()},
          {"name", row.instance->name},
          {"territory", row.territory->id.text()},
          {"data_center", row.instance->data_center.text()},
          {"product", row.instance->product.text()},
          {"tenancy", inventory::name_of(row.instance->tenancy)},
          {"environment", inventory::name_of(row.instance->environment)},
          {"indicator", name_of(row.shown.indicator)},
          {"cause", name_of(row.shown.cause)},
          {"since", to_rfc3339(row.since)},
          {"details", details(view, row, words)},
          {"measured", monitoring::name_of(row.truth.measured)},
          {"declared", declared},
          {"contradiction", contradicts(row.truth)}};
}

Result<net::Answer> list_rows(const Desk& desk, const Call& call) {
  const net::PageRequest page = TRY(net::page_of(call, kMostRows));
  const ViewPtr view = desk.view();
  const Standing standing(*view);
  std::vector<std::string_view> ids;
  for (const Row& row : view->rows()) ids.emplace_back(row.instance->id.text());
  net::Slice slice = TRY(net::slice_of(ids, page));
  const Words& words = words_for(call);
  JsonArray rows;
  for (std::size_t i = slice.from; i < slice.until; ++i)
    rows.push_back(to_json(*view, view->rows()[i], standing, words));
  return in_language(Json{{"as_of", to_rfc3339(view->now())},
                          {"rows", std::move(rows)},
                          {"next", std::move(slice.next)}},
                     words);
}

Result<net::Answer> show_row(const Desk& desk, const Call& call) {
  const std::string& instance = call.path_parameter("instance");
  const Words& words = words_for(call);
  const ViewPtr view = desk.view();
  for (const Row& row : view->rows()) {
    if (row.instance->id.text() != instance) continue;
    JsonObject answer = to_json(*view, row, Standing(*view), words);
    answer["checks"] =
        monitoring::checks_as_json(*row.instance, monitoring::StandsByCheck(desk.stands()));
    return in_language(std::move(answer), words);
  }
  return fail(ErrorCode::not_found, "no instance is called {}", instance);
}

Result<Json> make_declaration(const Desk& desk, const Call& call) {
  Declare command;
  command.instance = inventory::InstanceId(call.text("instance"));
  command.indicator = TRY(indicator_from(call.text("indicator")));
  command.because = call.text("because");
  command.by = call.caller.name;
  const auto cloud = desk.view()->facts().cloud;
  const auto entries = TRY(desk.ledger->record(declare(cloud, std::move(command))));
  return Json{{"entry", entries.front().index}};
}

Result<Json> end_declaration(const Desk& desk, const Call& call) {
  const auto cloud = desk.view()->facts().cloud;
  const inventory::InstanceId instance(call.path_parameter("instance"));
  const auto entries =
      TRY(desk.ledger->record(withdraw(cloud, Withdraw{instance, call.caller.name})));
  return Json{{"entry", entries.front().index}};
}

Shape indicator_shape(std::string_view about) {
  return shape::choice(about,
                       {"normal", "information", "maintenance", "performance", "interruption"});
}

Shape declaration_shape() {
  return shape::object("Declaration", "A person's word that stands over the measured state.",
                       {{"indicator", indicator_shape("What is declared.")},
                        {"because", shape::text("The sentence that the public reads.")},
                        {"by", shape::text("Who declared it.")},
                        {"at", shape::time("When.")}});
}

std::vector<Shape::Field> row_fields() {
  return {
      {"id", shape::text("The instance's id.")},
      {"name", shape::text("Its name.")},
      {"territory", shape::text("Id of the territory.")},
      {"data_center", shape::text("Id of the data center.")},
      {"product", shape::text("Id of the product.")},
      {"tenancy", shape::choice("For one institution or for several.", {"multi", "single"})},
      {"environment", shape::choice("What it is for.", {"production", "sandbox"})},
      {"indicator", indicator_shape("What the status page shows.")},
      {"cause", shape::choice("Why it shows that.",
                              {"declared", "maintenance", "measured", "unmeasured", "no_checks"})},
      {"since", shape::time("Since when; at the earliest when the history begins.")},
      {"details", shape::text("The sentence that the public reads, in the language that "
                              "Accept-Language asks for (en, he); otherwise in English.")},
      {"measured", monitoring::verdict_shape("What the checks say.")},
      {"declared", declaration_shape().or_null()},
      {"contradiction", shape::boolean("The declaration and the checks contradict each other.")},
  };
}

net::EndpointSpec list_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/status", Permission::read_status,
                         "Every row with its measured and its declared state."};
  const Shape row = shape::object("Row", "An instance as the status page shows it.", row_fields());
  spec.response = shape::object("Rows", "A page of rows, by territory, product and name.",
                                {{"as_of", shape::time("When this was true.")},
                                 {"rows", shape::list("The rows.", row)},
                                 net::next_field()});
  spec.query = net::page_parameters(kMostRows);
  return spec;
}

net::EndpointSpec show_spec() {
  net::EndpointSpec spec{"GET", "/api/v1/status/{instance}", Permission::read_status,
                         "One row with its checks."};
  auto fields = row_fields();
  fields.push_back(
      {"checks", shape::list("In the order of the configuration.", monitoring::check_shape())});
  spec.response = shape::object("RowWithChecks", "A row of the status page with its checks.",
                                std::move(fields));
  spec.object = "instance/{instance}";
  return spec;
}

Shape recorded_shape() {
  return shape::object("Recorded", "The entry of the ledger that says it.",
                       {{"entry", shape::integer("The entry's number.", 0)}});
}

net::EndpointSpec declare_spec() {
  net::EndpointSpec spec{"POST", "/api/v1/status/declarations", Permission::declare_status,
                         "Declares an instance's indicator over what is measured."};
  spec.response = recorded_shape();
  spec.request =
      shape::object("Declare", "A person's word about an instance.",
                    {{"instance", shape::text("Its id.", 1, kLongestId)},
                     {"indicator", indicator_shape("What to show.")},
                     {"because", shape::text("For the public, one line.", 1, kLongestReason)}});
  spec.example = R"({"instance": "catalog-eu01", "indicator": "information",)"
                 R"( "because": "The index is being rebuilt."})";
  return spec;
}

net::EndpointSpec withdraw_spec() {
  net::EndpointSpec spec{"DELETE", "/api/v1/status/declarations/{instance}",
                         Permission::declare_status,
                         "Withdraws the declaration that stands for an instance."};
  spec.response = recorded_shape();
  spec.object = "instance/{instance}";
  return spec;
}

}  // namespace

std::vector<net::Endpoint> endpoints(Desk desk) {
  return {{list_spec(), [desk](const Call& call) { return list_rows(desk, call); }},
          {show_spec(), [desk](const Call& call) { return show_row(desk, call); }},
          {declare_spec(), [desk](const Call& call) { return make_declaration(desk, call); }},
          {withdraw_spec(), [desk](const Call& call) { return end_declaration(desk, call); }}};
}

}  // namespace nocturn::status_page
