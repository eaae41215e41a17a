#include "monitoring/probes/line_dialogue.h"

namespace nocturn::monitoring {
namespace {

constexpr std::size_t kLongestLine = 2048;
constexpr int kMostLines = 200;

}  // namespace

LineDialogue::~LineDialogue() {
  if (destroyed_ != nullptr) *destroyed_ = true;
}

void LineDialogue::say(std::string_view line) {
  note(fmt::format("> {}", line));
  send(fmt::format("{}\r\n", line));
}

void LineDialogue::on_bytes(std::string_view bytes) {
  unread_.append(bytes);
  for (auto end = unread_.find('\n'); end != unread_.npos; end = unread_.find('\n')) {
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    if (++lines_ >= kMostLines) return fail("lines without end");
    note("< " + line);
    bool destroyed = false;
    destroyed_ = &destroyed;
    on_line(line);
    if (destroyed) return;
    destroyed_ = nullptr;
  }
  if (unread_.size() > kLongestLine) {
    note("< " + unread_);
    fail("a line of more than 2048 bytes without an end");
  }
}

}  // namespace nocturn::monitoring
