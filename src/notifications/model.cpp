#include "notifications/model.h"

#include <array>

namespace nocturn::notifications {
namespace {

constexpr std::array<std::string_view, 4> kTopicNames = {"trouble", "maintenance", "information",
                                                         "analysis"};
constexpr std::array<std::string_view, kSteps> kStepNames = {
    "began", "changed",   "unstable", "over",    "note",  "announced",
    "moved", "cancelled", "reminder", "started", "ended",
};

}  // namespace

std::string_view name_of(Topic topic) { return kTopicNames.at(static_cast<std::size_t>(topic)); }

Result<Topic> topic_from(std::string_view name) {
  for (const Topic topic : kTopics)
    if (name == name_of(topic)) return topic;
  return fail(ErrorCode::invalid,
              "no topic is called \"{}\"; there are trouble, maintenance, information and analysis",
              name);
}

std::string_view name_of(Step step) { return kStepNames.at(static_cast<std::size_t>(step)); }

Result<Step> step_from(std::string_view name) {
  for (std::size_t i = 0; i < kStepNames.size(); ++i)
    if (name == kStepNames.at(i)) return static_cast<Step>(i);
  return fail(ErrorCode::invalid, "no step is called \"{}\"; there are {}", name,
              fmt::join(kStepNames, ", "));
}

std::string_view name_of(Subscription::State state) {
  switch (state) {
    case Subscription::State::pending: return "pending";
    case Subscription::State::active: return "active";
    case Subscription::State::quarantined: return "quarantined";
  }
  return "pending";
}

std::string_view name_of(Delivery::State state) {
  switch (state) {
    case Delivery::State::queued: return "queued";
    case Delivery::State::sent: return "sent";
    case Delivery::State::refused: return "refused";
    case Delivery::State::given_up: return "given_up";
    case Delivery::State::withdrawn: return "withdrawn";
    case Delivery::State::bounced: return "bounced";
  }
  return "queued";
}

std::string_view name_of(Delivery::Purpose purpose) {
  switch (purpose) {
    case Delivery::Purpose::telling: return "telling";
    case Delivery::Purpose::confirmation: return "confirmation";
    case Delivery::Purpose::manage_link: return "manage_link";
  }
  return "telling";
}

}  // namespace nocturn::notifications
