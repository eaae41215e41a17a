#include "inventory/report.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace nocturn::inventory {
namespace {

constexpr std::size_t kMaxShown = 80;          // bytes of a word in a message
constexpr std::size_t kMaxCandidates = 5'000;  // more would make 1,000 faults slow

}  // namespace

std::string Fault::text() const {
  std::string text = place.file;
  if (place.line > 0) text += fmt::format(":{}:{}", place.line, place.column);
  text += ": " + what;
  if (!mend.empty()) text += "; " + mend;
  return text;
}

void Report::add(Mark mark, std::string what, std::string mend) {
  ++count_;
  if (!full()) faults_.push_back({mark, std::move(what), std::move(mend)});
}

Place Report::place(Mark mark) const {
  return {mark.file < files_.size() ? files_[mark.file] : std::string(), mark.line, mark.column};
}

std::string Report::where(Mark mark) const {
  const Place at = place(mark);
  return fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

std::string Report::suggestion(std::string_view word, std::span<const std::string_view> candidates,
                               std::string otherwise) const {
  if (full() || candidates.size() > kMaxCandidates) return otherwise;
  const std::string_view near = nearest(word, candidates);
  return near.empty() ? otherwise : fmt::format("did you mean \"{}\"?", near);
}

std::vector<Fault> Report::take() {
  std::ranges::stable_sort(faults_, {}, [](const Found& found) {
    return std::tuple(found.mark.file, found.mark.line, found.mark.column);
  });
  std::vector<Fault> faults;
  faults.reserve(faults_.size());
  for (Found& found : faults_)
    faults.push_back({place(found.mark), std::move(found.what), std::move(found.mend)});
  faults_.clear();
  return faults;
}

std::string in_quotes(std::string_view word) {
  std::string shown = "\"";
  for (const char c : word.substr(0, kMaxShown)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    shown += control ? ' ' : c;
  }
  if (word.size() > kMaxShown) {
    while (!is_utf8(shown)) shown.pop_back();  // cut between characters
    shown += "…";
  }
  return shown + "\"";
}

std::string alternatives(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace nocturn::inventory
