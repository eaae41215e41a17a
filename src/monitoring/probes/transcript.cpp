#include "monitoring/probes/transcript.h"

#include "base/text.h"

namespace nocturn::monitoring {
namespace {

constexpr std::size_t kMostLines = 64;
constexpr std::size_t kLongestLine = 256;

}  // namespace

std::string printable_line(std::string_view line) {
  std::string out(line.substr(0, kLongestLine));
  while (line.size() > out.size() && !out.empty() &&
         (static_cast<unsigned char>(line[out.size()]) & 0xC0) == 0x80) {
    out.pop_back();  // do not cut a character in two
  }
  const bool utf8 = is_utf8(out);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (!utf8 && byte >= 0x80)) c = '.';
  }
  return out;
}

void add_line(std::vector<std::string>& transcript, std::string_view line) {
  if (transcript.size() < kMostLines) transcript.push_back(printable_line(line));
}

}  // namespace nocturn::monitoring
