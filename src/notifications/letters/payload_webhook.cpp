#include "notifications/letters/payload_webhook.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "notifications/letters/clean_text.h"
#include "notifications/letters/parts.h"

namespace nocturn::notifications {
namespace {

using status_page::Window;

constexpr std::size_t kMostRows = 500;
constexpr std::size_t kBytesOfRows = 200'000;
constexpr std::size_t kBytesOfWords = 15'000;
constexpr std::size_t kNameLength = 120, kReasonLength = 500;

Json time_or_null(WallTime time) {
  return time == WallTime{} ? Json(nullptr) : Json(to_rfc3339(time));
}

Json window_or_null(const std::optional<Window>& window) {
  if (!window) return nullptr;
  return {{"from", to_rfc3339(window->from)}, {"until", to_rfc3339(window->until)}};
}

JsonObject row_of(const LetterScene& scene, const ToldRow& row) {
  const auto* instance = scene.occasion().cloud.find(inventory::InstanceId(row.instance));
  JsonObject json;
  json["instance"] = one_line(row.instance, kNameLength);
  const std::string& kept = row.name.empty() ? row.instance : row.name;
  json["name"] = one_line(instance == nullptr ? kept : instance->name, kNameLength);
  const std::string& product = instance == nullptr ? row.product : instance->product.text();
  json["product"] = product.empty() ? Json(nullptr) : Json(product);
  json["indicator"] = status_page::name_of(shown(row));
  json["watched"] = row.watched;
  json["since"] = time_or_null(row.since);
  json["trouble_since"] = time_or_null(row.trouble_since);
  json["changes_in_last_hour"] = row.changes;
  json["because"] = one_line(row.because, kReasonLength);
  json["url"] = scene.url_of(row.instance);
  return json;
}

std::string joined(const std::vector<std::string>& paragraphs) {
  return fmt::format("{}", fmt::join(paragraphs, "\n\n"));
}

JsonObject data_of(const LetterScene& scene, const Telling& telling,
                   std::span<const ToldRow> mine) {
  JsonArray rows;
  std::size_t bytes = 0;
  for (const ToldRow* row : by_weight(mine)) {
    JsonObject json = row_of(scene, *row);
    bytes += boost::json::serialize(json).size();
    if (rows.size() == kMostRows || bytes > kBytesOfRows) break;
    rows.push_back(std::move(json));
  }
  const auto left_out = mine.size() - rows.size();
  JsonObject data;
  data["notice"] = telling.notice.text();
  data["number"] = telling.number;
  data["topic"] = name_of(telling.topic);
  data["step"] = name_of(telling.step);
  data["indicator"] = status_page::name_of(worst(mine));
  data["summary"] = title(scene, telling, mine);
  data["title"] = one_line(telling.title, kNameLength);
  data["words"] = joined(paragraphs(telling.words, kBytesOfWords));
  data["next_update"] = time_or_null(telling.next_update.value_or(WallTime{}));
  data["window"] = window_or_null(telling.window);
  data["old_window"] = window_or_null(telling.old_window);
  data["rows"] = std::move(rows);
  data["rows_left_out"] = left_out;
  data["rows_of_others"] = telling.rows.size() - std::min(mine.size(), telling.rows.size());
  data["links"] = {{"page", scene.occasion().links.page},
                   {"manage", scene.occasion().links.manage}};
  return data;
}

}  // namespace

std::string webhook_body(const Occasion& occasion, const Telling& telling,
                         std::span<const ToldRow> mine) {
  CHECK(!mine.empty());
  const LetterScene scene(occasion);
  const std::string& source = occasion.cloud.url.empty() ? occasion.links.page : occasion.cloud.url;
  JsonObject event;
  event["specversion"] = "1.0";
  event["id"] =
      fmt::format("{}.{}.{}", telling.notice.text(), telling.number, occasion.recipient.id.text());
  event["source"] = source.empty() ? "/" : source;  // may not be empty
  event["type"] = fmt::format("org.nocturn.notice.{}", name_of(telling.step));
  event["subject"] = telling.notice.text();
  event["time"] = to_rfc3339(telling.at);
  event["datacontenttype"] = "application/json";
  event["data"] = data_of(scene, telling, mine);
  return boost::json::serialize(event);
}

std::string webhook_signature(std::string_view secret, WallTime at, std::string_view body) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  const crypto::Hash mac =
      crypto::hmac_sha256(as_bytes(secret), fmt::format("{}.{}", seconds, body));
  return fmt::format("t={},v1={}", seconds, to_hex(mac));
}

}  // namespace nocturn::notifications
