#include "status_page/statuspage_v2.h"

#include <algorithm>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "status_page/incidents.h"
#include "status_page/narrative.h"

namespace nocturn::status_page {
namespace {

constexpr std::size_t kIncidentsListed = 50;  // as Statuspage does

std::string slug(std::string_view text) {
  std::string out;
  for (const char c : lower_ascii(text)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "page" : out;
}

std::string_view impact_of(const Incident& incident) {
  switch (incident.worst) {
    case Indicator::interruption: return incident.row->complete() ? "critical" : "major";
    case Indicator::performance: return "minor";
    default: return "none";
  }
}

WallTime created(const Row& row) { return row.added.value_or(row.history.front().span.from); }

// Makes the documents of one view; members are the parts that several documents share.
class Documents {
 public:
  Documents(const View& view, const Words& words)
      : view_(view),
        words_(words),
        page_id_(slug(view.cloud().name)),
        rows_(rows_of(view, inventory::Tenancy::multi)) {}

  JsonObject page() const {
    return {{"id", page_id_},
            {"name", view_.cloud().name},
            {"url", view_.url()},
            {"time_zone", "Etc/UTC"},
            {"updated_at", to_rfc3339(view_.now())}};
  }
  JsonObject status() const;
  JsonArray components() const;
  JsonArray incidents(bool unresolved_only) const;
  JsonArray maintenances(std::optional<Maintenance::State> only) const;

 private:
  JsonObject component(const Row& row, const Group& group, int position) const;
  JsonObject incident(const Incident& incident) const;
  JsonObject maintenance(const Maintenance& maintenance) const;
  JsonObject update(std::string_view incident, const Step& step, const JsonArray& affected) const;
  JsonObject short_component(const Row& row) const {
    return {{"id", row.instance->id.text()},
            {"name", row.instance->name},
            {"status", component_status(row)},
            {"page_id", page_id_}};
  }

  const View& view_;
  const Words& words_;
  std::string page_id_;
  std::vector<const Row*> rows_;
};

JsonObject Documents::status() const {
  Indicator worst = Indicator::normal;
  bool complete = !rows_.empty();
  for (const Row* row : rows_) {
    worst = std::max(worst, row->shown.indicator);
    complete = complete && row->shown.indicator == Indicator::interruption;
  }
  std::string_view indicator = "none";
  if (worst == Indicator::maintenance) indicator = "maintenance";
  if (worst == Indicator::performance) indicator = "minor";
  if (worst == Indicator::interruption) indicator = complete ? "critical" : "major";
  return {{"indicator", indicator}, {"description", summary(rows_, words_)}};
}

JsonObject Documents::component(const Row& row, const Group& group, int position) const {
  JsonObject out = short_component(row);
  out["created_at"] = to_rfc3339(created(row));
  out["updated_at"] = to_rfc3339(row.since);
  out["position"] = position;
  out["description"] = details(view_, row, words_);
  out["showcase"] = true;
  out["start_date"] = row.added ? Json(to_rfc3339(*row.added).substr(0, 10)) : Json(nullptr);
  out["group_id"] = group.id();
  out["group"] = false;
  out["only_show_if_degraded"] = false;
  return out;
}

JsonArray Documents::components() const {
  JsonArray out;
  int group_position = 0;
  for (const Group& group : view_.groups(inventory::Tenancy::multi)) {
    JsonArray members;
    WallTime updated, first = view_.now();
    for (const Row* row : group.rows) {
      first = std::min(first, created(*row));
      members.emplace_back(row->instance->id.text());
      updated = std::max(updated, row->since);
    }
    out.push_back(JsonObject{
        {"id", group.id()},
        {"name", fmt::format("{} · {}", group.territory->name, group.product->name)},
        {"status", component_status(**std::max_element(group.rows.begin(), group.rows.end(),
                                                       [](const Row* left, const Row* right) {
                                                         return left->shown.indicator <
                                                                right->shown.indicator;
                                                       }))},
        {"page_id", page_id_},
        {"created_at", to_rfc3339(first)},
        {"updated_at", to_rfc3339(updated)},
        {"position", ++group_position},
        {"description", nullptr},
        {"showcase", false},
        {"start_date", nullptr},
        {"group_id", nullptr},
        {"group", true},
        {"only_show_if_degraded", false},
        {"components", std::move(members)}});
    int position = 0;
    for (const Row* row : group.rows) out.push_back(component(*row, group, ++position));
  }
  return out;
}

JsonObject Documents::update(std::string_view incident, const Step& step,
                             const JsonArray& affected) const {
  return {{"id", fmt::format("{}-{}", incident, step.number)},
          {"status", step.status},
          {"body", step.text},
          {"incident_id", incident},
          {"created_at", to_rfc3339(step.at)},
          {"updated_at", to_rfc3339(step.at)},
          {"display_at", to_rfc3339(step.at)},
          {"affected_components", affected},
          {"deliver_notifications", true},
          {"custom_tweet", nullptr},
          {"tweet_id", nullptr}};
}

JsonObject Documents::incident(const Incident& incident) const {
  const Row& row = *incident.row;
  const JsonArray affected = {JsonObject{{"code", row.instance->id.text()},
                                         {"name", row.instance->name},
                                         {"old_status", "operational"},
                                         {"new_status", component_status(row)}}};
  JsonArray updates;
  const std::vector<Step> steps = narrative(incident, words_);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    updates.push_back(update(incident.id, *step, affected));
  return {{"id", incident.id},
          {"name", title(incident, words_)},
          {"status", incident.until ? "resolved" : "investigating"},
          {"created_at", to_rfc3339(incident.from)},
          {"updated_at", to_rfc3339(incident.changed_at())},
          {"monitoring_at", nullptr},
          {"resolved_at", incident.until ? Json(to_rfc3339(*incident.until)) : Json(nullptr)},
          {"impact", impact_of(incident)},
          {"shortlink", link(view_, incident)},
          {"started_at", to_rfc3339(incident.from)},
          {"page_id", page_id_},
          {"reminder_intervals", nullptr},
          {"incident_updates", std::move(updates)},
          {"components", JsonArray{short_component(row)}}};
}

JsonArray Documents::incidents(bool unresolved_only) const {
  JsonArray out;
  for (const Incident& each : status_page::incidents(view_, rows_, SIZE_MAX)) {
    if (out.size() == kIncidentsListed) break;
    if (!unresolved_only || !each.until) out.push_back(incident(each));
  }
  return out;
}

JsonObject Documents::maintenance(const Maintenance& maintenance) const {
  JsonArray components, affected;
  for (const Row* row : maintenance.rows) {
    components.push_back(short_component(*row));
    affected.push_back(JsonObject{{"code", row->instance->id.text()},
                                  {"name", row->instance->name},
                                  {"old_status", "operational"},
                                  {"new_status", component_status(*row)}});
  }
  JsonArray updates;
  const std::vector<Step> steps = narrative(view_, maintenance, words_);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    updates.push_back(update(maintenance.id, *step, affected));
  const inventory::MaintenanceEntry& entry = *maintenance.entry;
  const bool over = maintenance.state == Maintenance::State::completed;
  return {{"id", maintenance.id},
          {"name", entry.name},
          {"status", name_of(maintenance.state)},
          {"created_at", to_rfc3339(steps.front().at)},
          {"updated_at", to_rfc3339(steps.back().at)},
          {"monitoring_at", nullptr},
          {"resolved_at", over ? Json(to_rfc3339(entry.until)) : Json(nullptr)},
          {"impact", "maintenance"},
          {"shortlink", view_.url() + "/#instances"},
          {"started_at", to_rfc3339(entry.from)},
          {"page_id", page_id_},
          {"reminder_intervals", nullptr},
          {"incident_updates", std::move(updates)},
          {"components", std::move(components)},
          {"scheduled_for", to_rfc3339(entry.from)},
          {"scheduled_until", to_rfc3339(entry.until)}};
}

JsonArray Documents::maintenances(std::optional<Maintenance::State> only) const {
  JsonArray out;
  for (const Maintenance& each : status_page::maintenances(view_, rows_))
    if (!only || each.state == *only) out.push_back(maintenance(each));
  return out;
}

}  // namespace

std::string_view component_status(const Row& row) {
  switch (row.shown.indicator) {
    case Indicator::normal:
    case Indicator::information: return "operational";
    case Indicator::performance: return "degraded_performance";
    case Indicator::interruption: return row.complete() ? "major_outage" : "partial_outage";
    case Indicator::maintenance: return "under_maintenance";
  }
  return "operational";
}

std::vector<std::pair<std::string, std::string>> statuspage_documents(const View& view,
                                                                      const Words& words) {
  using State = Maintenance::State;
  const Documents make(view, words);
  const JsonObject page = make.page();
  const JsonObject status = make.status();
  const JsonArray components = make.components();
  const JsonArray upcoming = make.maintenances(State::scheduled);
  const JsonArray active = make.maintenances(State::in_progress);
  JsonArray announced = active;
  announced.insert(announced.end(), upcoming.begin(), upcoming.end());
  const JsonArray unresolved = make.incidents(true);

  const auto document = [](std::string_view name, JsonObject body) {
    return std::pair(fmt::format("/api/v2/{}.json", name), boost::json::serialize(body));
  };
  return {
      document("summary", {{"page", page},
                           {"components", components},
                           {"incidents", unresolved},
                           {"scheduled_maintenances", announced},
                           {"status", status}}),
      document("status", {{"page", page}, {"status", status}}),
      document("components", {{"page", page}, {"components", components}}),
      document("incidents", {{"page", page}, {"incidents", make.incidents(false)}}),
      document("incidents/unresolved", {{"page", page}, {"incidents", unresolved}}),
      document("scheduled-maintenances",
               {{"page", page}, {"scheduled_maintenances", make.maintenances(std::nullopt)}}),
      document("scheduled-maintenances/upcoming",
               {{"page", page}, {"scheduled_maintenances", upcoming}}),
      document("scheduled-maintenances/active",
               {{"page", page}, {"scheduled_maintenances", active}}),
  };
}

}  // namespace nocturn::status_page
