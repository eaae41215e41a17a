#include "notifications/letters/payload_chat.h"

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "net/url.h"
#include "notifications/letters/parts.h"

namespace nocturn::notifications {
namespace {

using status_page::Indicator;

constexpr std::string_view kJoiner = "\u2060";  // no width, breaks no line
constexpr Room kRoomInChat{.rows = 10, .row_bytes = 8'000, .word_bytes = 3'000};

// A paragraph of the message.
struct Line {
  std::string text;
  bool heavy = false;
  std::optional<Indicator> indicator = {};
};

std::vector<Line> lines_of(const LetterScene& scene, const Telling& telling,
                           std::span<const ToldRow> mine) {
  Room room = kRoomInChat;
  LetterBlock block;
  block.words = operators_words(telling, room);
  put_rows(scene, telling, mine, room, block);
  std::vector<Line> lines{{.text = title(scene, telling, mine), .heavy = true},
                          {.text = lead(scene, telling, mine)}};
  for (const std::string& paragraph : block.words) lines.push_back({.text = paragraph});
  for (const LetterFact& fact : times(scene, telling, mine))
    lines.push_back({.text = fmt::format("{}: {}", fact.label, fact.value)});
  for (const LetterRow& row : block.rows)
    lines.push_back(
        {.text = fmt::format("• {}: {}, {}", row.name, row.state, fmt::join(row.lines, "; ")),
         .indicator = row.indicator});
  for (Line& line : lines)
    if (line.text.ends_with(", ")) line.text.resize(line.text.size() - 2);  // a row without lines
  if (!block.more_rows.empty()) lines.push_back({.text = block.more_rows});
  return lines;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// As it reads: Slack's three characters escaped (& < >), "@here" told apart from a call, and the
// brackets of Markdown from a link.
std::string plain_in_chat(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
    const bool calls = c == '@' && (i == 0 || !is_letter(text[i - 1]));
    if (calls || c == ']') out += kJoiner;
  }
  return out;
}

// A TextRun knows no Markdown, but fills in {{DATE(…)}}.
std::string plain_in_card(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '{' && out.ends_with('{')) out += kJoiner;
    out += c;
  }
  return out;
}

std::string_view colour_of(Indicator indicator) {
  switch (indicator) {
    case Indicator::normal: return "Good";
    case Indicator::information:
    case Indicator::maintenance: return "Accent";
    case Indicator::performance: return "Warning";
    case Indicator::interruption: return "Attention";
  }
  return "Default";
}

JsonObject text_of(const LetterScene& scene, const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) text += plain_in_chat(line.text) + "\n";
  text += plain_in_chat(scene.page_url());
  return {{"text", std::string(trim(text))}, {"mrkdwn", false}};
}

JsonObject card_of(const LetterScene& scene, const std::vector<Line>& lines) {
  JsonArray body;
  for (const Line& line : lines) {
    JsonObject run{{"type", "TextRun"}, {"text", plain_in_card(line.text)}};
    if (line.heavy) run["weight"] = "Bolder";
    if (line.heavy) run["size"] = "Medium";
    if (line.indicator) run["color"] = colour_of(*line.indicator);
    body.push_back({{"type", "RichTextBlock"}, {"inlines", JsonArray{std::move(run)}}});
  }
  JsonObject card;
  card["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json";
  card["type"] = "AdaptiveCard";
  card["version"] = "1.4";
  card["lang"] = tag_of(scene.words().locale());
  card["rtl"] = scene.words().right_to_left();
  card["fallbackText"] = plain_in_card(lines.front().text);
  card["body"] = std::move(body);
  if (const std::string url = scene.page_url(); !url.empty())
    card["actions"] = JsonArray{JsonObject{{"type", "Action.OpenUrl"},
                                           {"title", scene.words().say("letter.button.page")},
                                           {"url", url}}};
  JsonObject attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                        {"contentUrl", nullptr},
                        {"content", std::move(card)}};
  JsonArray attachments;
  attachments.push_back(std::move(attachment));
  return {{"type", "message"}, {"attachments", std::move(attachments)}};
}

}  // namespace

ChatRoom chat_room_of(std::string_view url) {
  constexpr std::string_view kMicrosoft[] = {".logic.azure.com",    ".powerplatform.com",
                                             ".powerautomate.com",  "flow.microsoft.com",
                                             ".webhook.office.com", "outlook.office.com"};
  const auto parsed = net::parse_url(url);
  if (!parsed) return ChatRoom::text;
  const std::string host = lower_ascii(parsed->host.host);
  for (const std::string_view ending : kMicrosoft)
    if (host.ends_with(ending)) return ChatRoom::adaptive_card;
  return ChatRoom::text;
}

std::string chat_body(const Occasion& occasion, const Telling& telling,
                      std::span<const ToldRow> mine, ChatRoom room) {
  CHECK(!mine.empty());
  const LetterScene scene(occasion);
  const std::vector<Line> lines = lines_of(scene, telling, mine);
  return boost::json::serialize(room == ChatRoom::text ? text_of(scene, lines)
                                                       : card_of(scene, lines));
}

}  // namespace nocturn::notifications
