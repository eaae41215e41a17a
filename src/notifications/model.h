#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "status_page/model.h"

// Who is told of what, as plain data. A *notice* is one thread of news about one cause: it opens,
// changes and closes. Each *telling* of a notice goes to some recipients, each of whom gets one
// *delivery*. A recipient is a confirmed subscription, or a contact of an institution.
namespace nocturn::notifications {

using SubscriptionId = Id<struct SubscriptionTag>;  // UUIDv7
using RecipientId = Id<struct RecipientTag>;        // of the subscription, or of the contact
using NoticeId = Id<struct NoticeTag>;              // UUIDv7

// What somebody may want to hear of.
enum class Topic : std::uint8_t { trouble, maintenance, information, analysis };
inline constexpr Topic kTopics[] = {Topic::trouble, Topic::maintenance, Topic::information,
                                    Topic::analysis};
std::string_view name_of(Topic topic);
Result<Topic> topic_from(std::string_view name);

// What a telling says happened.
enum class Step : std::uint8_t {
  began,      // the first telling of trouble or information
  changed,    // more rows, fewer rows, or other states
  unstable,   // a row goes up and down; told once, with its rate
  over,       // every row of the notice is normal again, or no longer watched
  note,       // an operator's own words
  announced,  // a maintenance was scheduled
  moved,      // its time or its instances changed
  cancelled,  // it will not take place
  reminder,   // it begins soon
  started,
  ended,
};
inline constexpr int kSteps = 11;
std::string_view name_of(Step step);
Result<Step> step_from(std::string_view name);

// One row of a telling: what the page shows of an instance.
struct ToldRow {
  std::string instance = {};
  std::string name = {}, product = {};  // as they were then: the row may leave the configuration
  status_page::Indicator indicator = status_page::Indicator::normal;  // now
  bool watched = true;  // false: it left, or its checks did; how its trouble ended is not known
  WallTime since = {};  // of what is shown now
  WallTime trouble_since = {};  // when the row's trouble in this notice began
  std::string because = {};     // words of the declaration that is shown; often empty
  int changes = 0;              // how often the row changed in the last hour
  std::uint64_t sequence = 0;   // of the row's last change within the notice
  bool operator==(const ToldRow&) const = default;
};

struct Telling {
  NoticeId notice = {};
  std::uint64_t number = 0;  // within the notice, from 1
  Topic topic = Topic::trouble;
  Step step = Step::began;
  WallTime at = {};
  std::vector<ToldRow> rows = {};            // all rows of the notice, by instance
  std::string title = {};                    // of a maintenance or an operator's note
  std::string words = {};                    // an operator's, plain text of several lines; or empty
  std::optional<WallTime> next_update = {};  // promised
  std::optional<status_page::Window> window = {};      // of a maintenance
  std::optional<status_page::Window> old_window = {};  // before it was moved
  bool operator==(const Telling&) const = default;
};

// What a recipient wants.
struct Choices {
  std::vector<std::string> instances = {};     // sorted, as the next two
  std::vector<std::string> products = {};      // all instances of these, new ones, too
  std::vector<std::string> institutions = {};  // the instances of their account assets
  std::vector<Topic> topics = {Topic::trouble, Topic::maintenance, Topic::information,
                               Topic::analysis};
  std::string language = "en";  // one that the program speaks
  bool digest = false;          // one mail a day instead of one at once
  bool operator==(const Choices&) const = default;
};

inline constexpr std::string_view kEmail = "email";
inline constexpr std::string_view kWebhook = "webhook";
inline constexpr std::string_view kChat = "chat";

struct Subscription {
  enum class State : std::uint8_t {
    pending,  // not confirmed: gets nothing but the request to confirm
    active,
    quarantined,  // its address refuses: gets nothing until somebody releases it
  };
  SubscriptionId id = {};
  std::string channel{kEmail};   // "email", "webhook", "chat"
  std::string address = {};      // an e-mail address, or a URL
  std::string owner = {};        // e-mail address that answers for a URL; empty for mail
  std::string institution = {};  // as its owner wrote it; not checked
  bool shared = false;           // an address of many people: leaving needs the code
  Choices choices = {};
  State state = State::pending;
  WallTime requested_at = {};
  std::optional<WallTime> confirmed_at = {};
  std::string trouble = {};   // why it is in quarantine
  std::uint64_t version = 0;  // index of the entry that last changed it
};
std::string_view name_of(Subscription::State state);

// Somebody to whom a telling goes.
struct Recipient {
  RecipientId id = {};
  std::string channel{kEmail};
  std::string address = {};
  std::string name = {};         // of a contact; may be empty
  std::string institution = {};  // name, for the salutation; may be empty
  std::string time_zone = {};    // of the institution; empty: each instance's territory's
  std::string language = "en";
  bool contact = false;  // of an institution: subscribed by their product preferences
  bool shared = false;
  bool digest = false;
  bool operator==(const Recipient&) const = default;
};

// One telling, or another mail of ours, on its way to one recipient.
struct Delivery {
  enum class Purpose : std::uint8_t { telling, confirmation, manage_link };
  enum class State : std::uint8_t {
    queued,
    sent,       // taken by the recipient's server, or by the relay
    refused,    // for good
    given_up,   // tried for days
    withdrawn,  // the recipient left first
    bounced,    // taken, and reported back as undeliverable
  };
  std::int64_t id = 0;  // rises
  Purpose purpose = Purpose::telling;
  NoticeId notice = {};
  std::uint64_t number = 0;  // of the telling
  RecipientId recipient = {};
  std::string channel = {};
  WallTime queued_at = {};
  WallTime due = {};
  State state = State::queued;
  std::optional<WallTime> settled_at = {};
  std::string said = {};  // by the other side, one line
};
std::string_view name_of(Delivery::State state);
std::string_view name_of(Delivery::Purpose purpose);

}  // namespace nocturn::notifications
