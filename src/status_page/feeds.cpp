#include "status_page/feeds.h"

#include <algorithm>

#include "base/text.h"
#include "status_page/narrative.h"

namespace nocturn::status_page {
namespace {

constexpr std::size_t kEntries = 50;

struct Entry {
  std::string id, title, link;
  WallTime published, updated;
  std::string html;  // of its steps, newest first
};

std::string as_html(const View& view, const Row& row, const std::vector<Step>& steps,
                    const Words& words) {
  std::string html;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step)
    html +=
        fmt::format("<p><b>{}</b><br>{}</p>", escape_markup(words.moment(view.zone(row), step->at)),
                    escape_markup(step->text));
  return html;
}

std::vector<Entry> entries(const View& view, const Row* row, const Words& words) {
  const std::vector<const Row*> rows =
      row != nullptr ? std::vector<const Row*>{row} : rows_of(view, inventory::Tenancy::multi);
  std::vector<Entry> all;
  for (const Incident& incident : incidents(view, rows, kEntries))
    all.push_back({incident.id, title(incident, words), link(view, incident), incident.from,
                   incident.changed_at(),
                   as_html(view, *incident.row, narrative(incident, words), words)});
  for (const Maintenance& maintenance : maintenances(view, rows)) {
    const std::vector<Step> steps = narrative(view, maintenance, words);
    all.push_back({maintenance.id, maintenance.entry->name,
                   row != nullptr ? link(view, *row) : view.url() + "/", maintenance.announced,
                   steps.back().at, as_html(view, *maintenance.rows.front(), steps, words)});
  }
  std::stable_sort(all.begin(), all.end(), [](const Entry& left, const Entry& right) {
    return left.updated > right.updated;
  });
  if (all.size() > kEntries) all.resize(kEntries);
  return all;
}

// RFC 4151: names the entry for ever, wherever the page moves within its own domain.
std::string tag_uri(const View& view, std::string_view kind, std::string_view id) {
  std::string_view host = view.url();
  if (const std::size_t scheme = host.find("://"); scheme != host.npos)
    host.remove_prefix(scheme + 3);
  host = host.substr(0, host.find_first_of("/:"));
  return fmt::format("tag:{},2026:{}/{}", host, kind, id);
}

// RFC 822 as RSS wants it: "Sun, 22 Nov 2026 06:41:00 GMT", in English whatever the language.
std::string rss_time(WallTime time) {
  const Words& english = Words::in(Locale::en);
  const Civil date = civil(TimeZone::utc(), time);
  return fmt::format("{}, {:02} {} {:02}:{:02}:{:02} GMT", english.weekday(date.day),
                     unsigned(date.day.day()),
                     english.say("date.months").substr(4 * (unsigned(date.day.month()) - 1), 3) +
                         fmt::format(" {}", int(date.day.year())),
                     date.hour, date.minute, date.second);
}

std::string feed_name(const View& view, const Row* row, const Words& words) {
  return words.say("feed.title",
                   {{"name", row != nullptr ? row->instance->name : view.cloud().name}});
}

std::string file_name(const Row* row) { return row != nullptr ? row->instance->id.text() : "all"; }

}  // namespace

std::string atom_feed(const View& view, const Row* row, const Words& words) {
  const std::vector<Entry> list = entries(view, row, words);
  const WallTime updated = list.empty()
                               ? WallTime(std::chrono::floor<std::chrono::days>(view.now()))
                               : list.front().updated;
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<id>{}</id>\n"
      "<title>{}</title>\n<updated>{}</updated>\n<author><name>{}</name></author>\n"
      "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}/feeds/{}.atom\"/>\n"
      "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
      tag_of(words.locale()), escape_markup(tag_uri(view, "feed", file_name(row))),
      escape_markup(feed_name(view, row, words)), to_rfc3339(updated),
      escape_markup(view.cloud().name), escape_markup(view.url()), file_name(row),
      escape_markup(row != nullptr ? link(view, *row) : view.url() + "/"));
  for (const Entry& entry : list)
    out += fmt::format(
        "<entry>\n<id>{}</id>\n<title>{}</title>\n<published>{}</published>\n"
        "<updated>{}</updated>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n"
        "<content type=\"html\">{}</content>\n</entry>\n",
        escape_markup(tag_uri(view, "incident", entry.id)), escape_markup(entry.title),
        to_rfc3339(entry.published), to_rfc3339(entry.updated), escape_markup(entry.link),
        escape_markup(entry.html));
  return out + "</feed>\n";
}

std::string rss_feed(const View& view, const Row* row, const Words& words) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n"
      "<title>{}</title>\n<link>{}</link>\n<description>{}</description>\n"
      "<language>{}</language>\n"
      "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}/feeds/{}.rss\"/>\n",
      escape_markup(feed_name(view, row, words)),
      escape_markup(row != nullptr ? link(view, *row) : view.url() + "/"),
      escape_markup(words.say("page.description", {{"cloud", view.cloud().name}})),
      tag_of(words.locale()), escape_markup(view.url()), file_name(row));
  for (const Entry& entry : entries(view, row, words))
    out += fmt::format(
        "<item>\n<guid isPermaLink=\"false\">{}</guid>\n<title>{}</title>\n<link>{}</link>\n"
        "<pubDate>{}</pubDate>\n<description>{}</description>\n</item>\n",
        escape_markup(tag_uri(view, "incident", entry.id)), escape_markup(entry.title),
        escape_markup(entry.link), rss_time(entry.updated), escape_markup(entry.html));
  return out + "</channel>\n</rss>\n";
}

}  // namespace nocturn::status_page
