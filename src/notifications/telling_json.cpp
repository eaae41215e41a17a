#include "notifications/telling_json.h"

#include <boost/json.hpp>

#include "base/json_time.h"

namespace nocturn::notifications {
namespace {

using status_page::Window;

Json window_or_null(const std::optional<Window>& window) {
  if (!window) return nullptr;
  return {{"from", to_rfc3339(window->from)}, {"until", to_rfc3339(window->until)}};
}

JsonArray list_of(const std::vector<std::string>& texts) {
  return JsonArray(texts.begin(), texts.end());
}

// Reads the members of an object; the first that is missing or of another kind is remembered, and
// what is read after it is empty.
class Members {
 public:
  explicit Members(const Json& json) : object_(json.if_object()) {
    if (object_ == nullptr) fault_ = "an object";
  }

  std::string text(std::string_view name) {
    const Json* value = find(name);
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    return blame(name), std::string();
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::string text_or_nothing(std::string_view name) {
    return has(name) ? text(name) : std::string();
  }
  std::uint64_t number(std::string_view name) {
    const Json* value = find(name);
    boost::system::error_code failed;
    const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(failed);
    if (value == nullptr || failed) blame(name);
    return number;
  }
  bool flag(std::string_view name) {
    const Json* value = find(name);
    if (value != nullptr && value->is_bool()) return value->get_bool();
    return blame(name), false;
  }
  WallTime time(std::string_view name) { return read(name, from_rfc3339(text(name))); }
  std::optional<WallTime> time_or_nothing(std::string_view name) {
    const Json* value = find(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    return time(name);
  }
  std::optional<Window> window_or_nothing(std::string_view name) {
    const Json* value = find(name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    Members members(*value);
    const Window window{members.time("from"), members.time("until")};
    if (!members.status()) blame(name);
    return window;
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> list;
    for (const Json& one : array(name)) {
      if (!one.is_string()) return blame(name), list;
      list.emplace_back(one.get_string());
    }
    return list;
  }
  const JsonArray& array(std::string_view name) {
    static const JsonArray kNone;
    const Json* value = find(name);
    if (value != nullptr && value->is_array()) return value->get_array();
    return blame(name), kNone;
  }
  const Json& any(std::string_view name) {
    static const Json kNull;
    const Json* value = find(name);
    if (value == nullptr) blame(name);
    return value == nullptr ? kNull : *value;
  }
  template <class Value>
  Value read(std::string_view name, Result<Value> value) {
    if (value) return *std::move(value);
    return blame(name), Value();
  }
  Status status() const {
    if (fault_.empty()) return {};
    return fail(ErrorCode::corrupt, "{} is missing, or is something else", fault_);
  }

 private:
  const Json* find(std::string_view name) const {
    return object_ == nullptr ? nullptr : object_->if_contains(name);
  }
  void blame(std::string_view name) {
    if (fault_.empty()) fault_ = fmt::format("\"{}\"", name);
  }

  const JsonObject* object_;
  std::string fault_;
};

template <class Value>
Result<Value> read_whole(Members& members, Value value) {
  TRY_STATUS(members.status());
  return value;
}

}  // namespace

Json to_json(const ToldRow& row) {
  return {{"instance", row.instance},
          {"name", row.name},
          {"product", row.product},
          {"indicator", status_page::name_of(row.indicator)},
          {"watched", row.watched},
          {"since", to_rfc3339(row.since)},
          {"trouble_since", to_rfc3339(row.trouble_since)},
          {"because", row.because},
          {"changes", row.changes},
          {"sequence", row.sequence}};
}

Json to_json(const Telling& telling) {
  JsonArray rows;
  for (const ToldRow& row : telling.rows) rows.push_back(to_json(row));
  return {{"notice", telling.notice.text()},
          {"number", telling.number},
          {"topic", name_of(telling.topic)},
          {"step", name_of(telling.step)},
          {"at", to_rfc3339(telling.at)},
          {"rows", std::move(rows)},
          {"title", telling.title},
          {"words", telling.words},
          {"next_update", time_or_null(telling.next_update)},
          {"window", window_or_null(telling.window)},
          {"old_window", window_or_null(telling.old_window)}};
}

Json to_json(const std::vector<Topic>& topics) {
  JsonArray list;
  for (const Topic topic : topics) list.push_back(Json(name_of(topic)));
  return list;
}

Json to_json(const Choices& choices) {
  return {{"instances", list_of(choices.instances)},
          {"products", list_of(choices.products)},
          {"institutions", list_of(choices.institutions)},
          {"topics", to_json(choices.topics)},
          {"language", choices.language},
          {"digest", choices.digest}};
}

Result<ToldRow> row_from(const Json& json) {
  Members members(json);
  // What was told before names and products were kept has none; it was watched.
  ToldRow row{.instance = members.text("instance"),
              .name = members.text_or_nothing("name"),
              .product = members.text_or_nothing("product"),
              .indicator =
                  members.read("indicator", status_page::indicator_from(members.text("indicator"))),
              .watched = !members.has("watched") || members.flag("watched"),
              .since = members.time("since"),
              .trouble_since = members.time("trouble_since"),
              .because = members.text("because"),
              .changes = static_cast<int>(members.number("changes")),
              .sequence = members.number("sequence")};
  return read_whole(members, std::move(row));
}

Result<Telling> telling_from(const Json& json) {
  Members members(json);
  Telling telling{.notice = NoticeId(members.text("notice")),
                  .number = members.number("number"),
                  .topic = members.read("topic", topic_from(members.text("topic"))),
                  .step = members.read("step", step_from(members.text("step"))),
                  .at = members.time("at")};
  for (const Json& row : members.array("rows")) telling.rows.push_back(TRY(row_from(row)));
  telling.title = members.text("title");
  telling.words = members.text("words");
  telling.next_update = members.time_or_nothing("next_update");
  telling.window = members.window_or_nothing("window");
  telling.old_window = members.window_or_nothing("old_window");
  return read_whole(members, std::move(telling));
}

Result<std::vector<Topic>> topics_from(const Json& json) {
  if (!json.is_array()) return fail(ErrorCode::corrupt, "topics are no list");
  std::vector<Topic> topics;
  for (const Json& one : json.get_array()) {
    if (!one.is_string()) return fail(ErrorCode::corrupt, "a topic is no text");
    topics.push_back(TRY(topic_from(std::string_view(one.get_string()))));
  }
  return topics;
}

Result<Choices> choices_from(const Json& json) {
  Members members(json);
  Choices choices{.instances = members.texts("instances"),
                  .products = members.texts("products"),
                  .institutions = members.texts("institutions"),
                  .topics = members.read("topics", topics_from(members.any("topics"))),
                  .language = members.text("language"),
                  .digest = members.flag("digest")};
  return read_whole(members, std::move(choices));
}

}  // namespace nocturn::notifications
