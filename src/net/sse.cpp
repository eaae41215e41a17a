#include "net/sse.h"

#include <charconv>

namespace nocturn::net {
namespace {

std::optional<std::uint64_t> parse_id(std::string_view text) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

std::string reset_event(std::optional<std::uint64_t> newest_id) {
  std::string out;
  if (newest_id) out = fmt::format("id: {}\n", *newest_id);
  return out + "event: reset\ndata: reset\n\n";
}

}  // namespace

std::string format_event(const StreamEvent& event) {
  std::string out = fmt::format("id: {}\n", event.id);
  if (!event.name.empty()) {
    out += "event: ";
    for (const char c : event.name)
      if (c != '\r' && c != '\n') out += c;
    out += '\n';
  }
  out += "data: ";
  const std::string& data = event.data;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (data[i] == '\r' && i + 1 < data.size() && data[i + 1] == '\n') continue;
    if (data[i] == '\r' || data[i] == '\n') {
      out += "\ndata: ";
    } else {
      out += data[i];
    }
  }
  out += "\n\n";
  return out;
}

EventHistory::Entry EventHistory::add(const StreamEvent& event) {
  auto bytes = std::make_shared<const std::string>(format_event(event));
  kept_.push_back({event.id, bytes});
  if (kept_.size() > capacity_) {
    dropped_id_ = kept_.front().id;
    kept_.pop_front();
  }
  return {++newest_, std::move(bytes)};
}

EventHistory::Start EventHistory::start(std::string_view last_event_id) const {
  Start result{newest_, {}};
  if (last_event_id.empty()) return result;
  const auto last = parse_id(last_event_id);
  std::size_t missed = kept_.size();
  bool found = last && last == dropped_id_;
  // The newest entry with that id: what came before it was seen with it.
  for (std::size_t i = kept_.size(); last && i > 0; --i) {
    if (kept_[i - 1].id != *last) continue;
    missed = kept_.size() - i;
    found = true;
    break;
  }
  if (!found) {
    result.bytes = reset_event(kept_.empty() ? std::nullopt : std::optional(kept_.back().id));
    return result;
  }
  for (std::size_t i = kept_.size() - missed; i < kept_.size(); ++i)
    result.bytes += *kept_[i].bytes;
  return result;
}

}  // namespace nocturn::net
