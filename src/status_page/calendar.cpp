#include "status_page/calendar.h"

namespace nocturn::status_page {
namespace {

constexpr std::size_t kOctetsPerLine = 75;

std::string stamp(WallTime time) {
  const Civil date = civil(TimeZone::utc(), time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", int(date.day.year()),
                     unsigned(date.day.month()), unsigned(date.day.day()), date.hour, date.minute,
                     date.second);
}

std::string host_of(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
  return std::string(url.substr(0, url.find('/')));
}

void add_event(std::string& out, const View& view, const Maintenance& maintenance,
               const Words& words) {
  const inventory::MaintenanceEntry& entry = *maintenance.entry;
  std::string names;
  for (const Row* row : maintenance.rows)
    names += (names.empty() ? "" : ", ") + row->instance->name;
  const auto line = [&out](std::string_view name, std::string_view value) {
    out += fold(fmt::format("{}:{}", name, value));
  };
  line("BEGIN", "VEVENT");
  line("UID", fmt::format("{}@{}", maintenance.id, host_of(view.url())));
  // RFC 5545 section 3.8.7.2: without METHOD, when what is told last changed.
  line("DTSTAMP", stamp(maintenance.announced));
  line("DTSTART", stamp(entry.from));
  line("DTEND", stamp(entry.until));
  line("SUMMARY", escape_calendar_text(entry.name));
  line("DESCRIPTION", escape_calendar_text(words.say("calendar.affects", {{"instances", names}})));
  line("URL", maintenance.rows.size() == 1
                  ? fmt::format("{}/instances/{}", view.url(),
                                maintenance.rows.front()->instance->id.text())
                  : view.url() + "/");
  line("STATUS", "CONFIRMED");
  line("TRANSP", "TRANSPARENT");
  line("END", "VEVENT");
}

std::string calendar_of(const View& view, std::span<const Row* const> rows, const std::string& name,
                        const Words& words) {
  const std::string title = escape_calendar_text(words.say("calendar.title", {{"name", name}}));
  std::string out;
  for (const std::string& line :
       {std::string("BEGIN:VCALENDAR"), std::string("VERSION:2.0"),
        std::string("PRODID:-//Nocturn//Status page//EN"), std::string("CALSCALE:GREGORIAN"),
        "NAME:" + title, "X-WR-CALNAME:" + title,
        std::string("REFRESH-INTERVAL;VALUE=DURATION:PT1H"), std::string("X-PUBLISHED-TTL:PT1H")})
    out += fold(line);
  for (const Maintenance& maintenance : maintenances(view, rows))
    add_event(out, view, maintenance, words);
  out += fold("END:VCALENDAR");
  return out;
}

}  // namespace

std::string calendar(const View& view, const Words& words) {
  return calendar_of(view, rows_of(view, inventory::Tenancy::multi), view.cloud().name, words);
}

std::string calendar(const View& view, const Row& row, const Words& words) {
  const std::vector<const Row*> only = {&row};
  return calendar_of(view, only, row.instance->name, words);
}

std::string fold(std::string_view line) {
  std::string out;
  std::size_t room = kOctetsPerLine;
  while (line.size() > room) {
    std::size_t cut = room;
    while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
    if (cut == 0) cut = room;  // not UTF-8: nothing to keep together
    out += line.substr(0, cut);
    out += "\r\n ";
    line.remove_prefix(cut);
    room = kOctetsPerLine - 1;  // the space counts
  }
  out += line;
  out += "\r\n";
  return out;
}

std::string escape_calendar_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case ';': out += "\\;"; break;
      case ',': out += "\\,"; break;
      case '\n': out += "\\n"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
    }
  }
  return out;
}

}  // namespace nocturn::status_page
