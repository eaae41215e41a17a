#include "notifications/letters/parts.h"

#include <algorithm>

#include "base/text.h"
#include "notifications/letters/clean_text.h"

namespace nocturn::notifications {
namespace {

using status_page::Indicator;
using status_page::Words;

constexpr std::size_t kTitleLength = 120;
constexpr std::size_t kReasonLength = 200;
constexpr std::size_t kMarkup = 400;  // bytes around the words of a row or a block

bool is_set(WallTime time) { return time != WallTime{}; }

// Its time changed, not its instances alone.
bool has_moved(const Telling& telling) {
  return telling.old_window && telling.old_window != telling.window;
}

bool takes_place_later(Step step) {
  return step == Step::announced || step == Step::moved || step == Step::reminder;
}

std::string names(const LetterScene& scene, std::span<const ToldRow> mine) {
  const std::string first = scene.name_of(*by_weight(mine).front());
  if (mine.size() == 1) return first;
  return scene.words().count("letter.names", static_cast<std::int64_t>(mine.size()) - 1,
                             {{"first", first}});
}

// How long the trouble of these rows lasted, from the first that began to the last that ended;
// zero where that is not known.
Micros lasted(const Telling& telling, std::span<const ToldRow> rows) {
  WallTime from = WallTime::max(), until = WallTime::min();
  for (const ToldRow& row : rows) {
    if (!is_set(row.trouble_since)) continue;
    from = std::min(from, row.trouble_since);
    until = std::max(until, is_set(row.since) ? row.since : telling.at);
  }
  return until > from ? until - from : Micros{0};
}

std::string what_is_over(const LetterScene& scene, const Telling& telling,
                         std::span<const ToldRow> mine) {
  const Words& words = scene.words();
  if (std::ranges::none_of(mine, &ToldRow::watched)) return words.say("letter.what.unwatched");
  if (!std::ranges::all_of(mine, &ToldRow::watched)) return words.say("letter.what.no_more");
  if (telling.topic == Topic::maintenance) return words.say("letter.what.ended");
  if (telling.topic != Topic::trouble) return words.say("letter.what.outdated");
  const Micros duration = lasted(telling, mine);
  if (duration == Micros{0}) return words.indicator(Indicator::normal);
  return words.say("letter.what.again", {{"duration", words.duration(duration)}});
}

std::string what(const LetterScene& scene, const Telling& telling, std::span<const ToldRow> mine) {
  const Words& words = scene.words();
  const auto on_day = [&](std::string_view dated, std::string_view undated) {
    if (!telling.window) return words.say(undated);
    return words.say(dated, {{"day", scene.day(scene.zone_of(mine), telling.window->from)}});
  };
  if (telling.topic == Topic::analysis) return words.say("letter.what.analysis");
  switch (telling.step) {
    case Step::began:
    case Step::changed: return words.indicator(worst(mine));
    case Step::unstable: return words.say("letter.what.unstable");
    case Step::over: return what_is_over(scene, telling, mine);
    case Step::note: return words.say("letter.what.note");
    case Step::announced: return on_day("letter.what.announced", "indicator.maintenance");
    case Step::moved:
      if (!has_moved(telling)) return words.say("letter.what.altered");
      return on_day("letter.what.moved", "letter.what.altered");
    case Step::cancelled: return words.say("letter.what.cancelled");
    case Step::reminder: return words.say("letter.what.reminder");
    case Step::started: return words.say("letter.what.started");
    case Step::ended: return words.say("letter.what.ended");
  }
  return words.say("letter.what.note");
}

std::vector<std::string> row_lines(const LetterScene& scene, const Telling& telling,
                                   const ToldRow& row) {
  const Words& words = scene.words();
  const TimeZone zone = scene.zone_of(row.instance);
  std::vector<std::string> lines;
  const bool is_news = !takes_place_later(telling.step) && telling.step != Step::cancelled;
  if (is_news && is_set(row.since))
    lines.push_back(words.say("letter.since", {{"time", scene.moment(zone, row.since)}}));
  const bool was_trouble = telling.topic == Topic::trouble && row.watched &&
                           row.indicator == Indicator::normal && is_set(row.trouble_since) &&
                           row.trouble_since < row.since;
  if (was_trouble)
    lines.push_back(
        words.say("letter.lasted", {{"duration", words.duration(row.since - row.trouble_since)},
                                    {"from", scene.moment(zone, row.trouble_since)}}));
  if (telling.step == Step::unstable && row.changes > 0)
    lines.push_back(words.count("letter.rate", row.changes));
  if (std::string because = one_line(row.because, kReasonLength); !because.empty())
    lines.push_back(isolated(because, words));
  return lines;
}

std::size_t twice(const std::string& text) { return text.size() + escape_markup(text).size(); }

std::size_t weight(const LetterRow& row) {
  std::size_t bytes = kMarkup + twice(row.name) + row.url.size() + twice(row.state);
  for (const std::string& line : row.lines) bytes += twice(line);
  return bytes;
}

}  // namespace

std::vector<const ToldRow*> by_weight(std::span<const ToldRow> rows) {
  std::vector<const ToldRow*> sorted;
  for (const ToldRow& row : rows) sorted.push_back(&row);
  std::stable_sort(sorted.begin(), sorted.end(), [](const ToldRow* left, const ToldRow* right) {
    return shown(*left) > shown(*right);
  });
  return sorted;
}

Indicator shown(const ToldRow& row) { return row.watched ? row.indicator : Indicator::information; }

Indicator worst(std::span<const ToldRow> rows) {
  Indicator worst = Indicator::normal;
  for (const ToldRow& row : rows) worst = std::max(worst, shown(row));
  return worst;
}

std::string title(const LetterScene& scene, const Telling& telling, std::span<const ToldRow> mine) {
  const std::string own = isolated(one_line(telling.title, kTitleLength), scene.words());
  const bool by_name =
      !telling.title.empty() && (telling.step == Step::note || telling.topic == Topic::analysis);
  const std::string about = telling.topic == Topic::analysis && by_name ? own : names(scene, mine);
  const bool is_headed = by_name && telling.topic != Topic::analysis;
  return scene.words().say(
      "letter.title", {{"what", is_headed ? own : what(scene, telling, mine)}, {"about", about}});
}

Indicator mark(const Telling& telling, std::span<const ToldRow> mine) {
  if (telling.topic == Topic::analysis) return Indicator::information;
  switch (telling.step) {
    case Step::over:
    case Step::ended: return worst(mine);
    case Step::announced:
    case Step::moved:
    case Step::reminder:
    case Step::started: return Indicator::maintenance;
    case Step::cancelled: return Indicator::information;
    case Step::note: return telling.topic == Topic::trouble ? worst(mine) : Indicator::information;
    case Step::began:
    case Step::changed:
    case Step::unstable: break;
  }
  return worst(mine);
}

std::string lead(const LetterScene& scene, const Telling& telling, std::span<const ToldRow> mine) {
  const auto count = static_cast<std::int64_t>(mine.size());
  const Words& words = scene.words();
  if (telling.topic == Topic::analysis) return words.say("letter.lead.analysis");
  const bool is_trouble = telling.topic == Topic::trouble;
  switch (telling.step) {
    case Step::began:
      return words.count(is_trouble ? "letter.lead.began" : "letter.lead.information", count);
    case Step::changed: return words.say("letter.lead.changed");
    case Step::unstable: return words.count("letter.lead.unstable", count);
    case Step::over:
      if (std::ranges::none_of(mine, &ToldRow::watched))
        return words.count("letter.lead.unwatched", count);
      if (!std::ranges::all_of(mine, &ToldRow::watched)) return words.say("letter.lead.no_more");
      if (telling.topic == Topic::maintenance) return words.say("letter.lead.ended");
      return is_trouble ? words.count("letter.lead.over", count)
                        : words.say("letter.lead.outdated");
    case Step::note: return words.say("letter.lead.note");
    case Step::announced: return words.count("letter.lead.announced", count);
    case Step::moved:
      return words.say(has_moved(telling) ? "letter.lead.moved" : "letter.lead.altered");
    case Step::cancelled: return words.say("letter.lead.cancelled");
    case Step::reminder: return words.count("letter.lead.reminder", count);
    case Step::started: return words.count("letter.lead.started", count);
    case Step::ended: return words.say("letter.lead.ended");
  }
  return words.say("letter.lead.note");
}

std::vector<std::string> what_to_do(const LetterScene& scene, const Telling& telling,
                                    std::span<const ToldRow> mine) {
  const Words& words = scene.words();
  if (telling.topic == Topic::analysis) return {};
  if (telling.step == Step::cancelled) return {words.say("letter.todo.cancelled")};
  if (takes_place_later(telling.step)) return {words.say("letter.todo.ahead")};
  if (telling.step == Step::started) return {words.say("letter.todo.maintenance")};
  std::vector<std::string> sentences;
  std::optional<Indicator> last;
  auto sorted = by_weight(mine);
  std::erase_if(sorted, [](const ToldRow* row) { return !row->watched; });  // nothing is known
  const bool several = !sorted.empty() && sorted.front()->indicator != sorted.back()->indicator;
  for (const ToldRow* row : sorted) {
    if (row->indicator == last) continue;
    last = row->indicator;
    const std::string todo =
        words.say(fmt::format("letter.todo.{}", status_page::name_of(row->indicator)));
    sentences.push_back(
        several ? words.say("letter.title", {{"what", words.indicator(*last)}, {"about", todo}})
                : todo);
  }
  return sentences;
}

std::vector<LetterFact> times(const LetterScene& scene, const Telling& telling,
                              std::span<const ToldRow> mine) {
  const Words& words = scene.words();
  const TimeZone zone = scene.zone_of(mine);
  std::vector<LetterFact> facts;
  if (telling.topic == Topic::maintenance && !telling.title.empty() && telling.step != Step::note)
    facts.push_back(
        {words.say("letter.fact.work"), isolated(one_line(telling.title, kTitleLength), words)});
  const bool moved = has_moved(telling);
  if (telling.window)
    facts.push_back({words.say(moved ? "letter.fact.new_time" : "letter.fact.time"),
                     scene.range(zone, *telling.window)});
  if (moved)
    facts.push_back({words.say("letter.fact.old_time"), scene.range(zone, *telling.old_window)});
  if (telling.next_update)
    facts.push_back(
        {words.say("letter.fact.next_update"), scene.moment(zone, *telling.next_update)});
  return facts;
}

void put_rows(const LetterScene& scene, const Telling& telling, std::span<const ToldRow> mine,
              Room& room, LetterBlock& block) {
  std::size_t put = 0;
  for (const ToldRow* row : by_weight(mine)) {
    LetterRow entry{.name = scene.name_of(*row),
                    .url = scene.url_of(row->instance),
                    .indicator = shown(*row),
                    .state = row->watched ? scene.words().indicator(row->indicator)
                                          : scene.words().say("letter.state.unwatched"),
                    .lines = row_lines(scene, telling, *row)};
    const std::size_t bytes = weight(entry);
    if (room.rows == 0 || bytes > room.row_bytes) break;
    room.row_bytes -= bytes;
    --room.rows;
    block.rows.push_back(std::move(entry));
    ++put;
  }
  if (put < mine.size())
    block.more_rows = scene.words().count(put == 0 ? "letter.rows_alone" : "letter.more_rows",
                                          static_cast<std::int64_t>(mine.size() - put));
}

std::vector<std::string> operators_words(const Telling& telling, Room& room) {
  std::vector<std::string> words = paragraphs(telling.words, room.word_bytes);
  for (const std::string& paragraph : words)
    room.word_bytes -= std::min(room.word_bytes, weight_of(paragraph));
  return words;
}

std::size_t weight(const LetterBlock& block) {
  std::size_t bytes = kMarkup + twice(block.heading) + twice(block.more_rows);
  for (const std::string& sentence : block.sentences) bytes += twice(sentence);
  for (const LetterFact& fact : block.facts) bytes += twice(fact.label) + twice(fact.value);
  for (const LetterRow& row : block.rows) bytes += weight(row);
  for (const std::string& paragraph : block.words) bytes += paragraph.size() + weight_of(paragraph);
  return bytes;
}

}  // namespace nocturn::notifications
