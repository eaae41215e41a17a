#include "web/assets.h"

#include <array>

#include <openssl/sha.h>

#include "base/text.h"
#include "nocturn_web_embedded.h"

namespace nocturn::web {
namespace {

std::array<std::uint8_t, SHA256_DIGEST_LENGTH> sha256(std::string_view text) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(as_bytes(text).data(), text.size(), digest.data());
  return digest;
}

// Our own sheets and scripts keep comments on lines of their own, or between /* and */ in CSS,
// and no text that spans lines: so indentation and comments can go without parsing.
std::string pack(std::string_view text, std::string_view line_comment) {
  std::string out;
  bool in_comment = false;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.starts_with("/*")) in_comment = true;
    const bool skip =
        in_comment || line.empty() || (!line_comment.empty() && line.starts_with(line_comment));
    if (line.ends_with("*/")) in_comment = false;
    if (skip) continue;
    out += line;
    out += '\n';
  }
  return out;
}

// Spaces around the punctuation of CSS mean nothing, but for those in selectors and values.
std::string tighten(std::string_view css) {
  std::string out;
  for (const char c : css) {
    const bool tight = c == '{' || c == '}' || c == ';' || c == ',';
    while ((tight || c == ' ') && out.ends_with(' ')) out.pop_back();
    if ((c == ' ' || c == '\n') && !out.empty() &&
        std::string_view("{};,:").find(out.back()) != std::string_view::npos)
      continue;
    if (c == '}' && out.ends_with(';')) out.pop_back();
    out += c == '\n' ? ' ' : c;
  }
  return std::string(trim(out));
}

std::string url_of(std::string_view name, std::string_view content) {
  return fmt::format("/assets/{}.{}.js", name, to_hex(sha256(content)).substr(0, 12));
}

}  // namespace

std::string_view asset(std::string_view path) {
  const auto file = embedded(path);
  CHECK(file.has_value());
  return *file;
}

const std::string& style(Sheet sheet) {
  static const std::array<std::string, 5> styles = [] {
    const auto sheet_of = [](std::string_view path) { return tighten(pack(asset(path), "")); };
    const std::string index = sheet_of("style/page.css"), copy = sheet_of("style/copy.css");
    const std::string instance = index + sheet_of("style/instance.css");
    return std::array{index, instance, index + copy, instance + copy,
                      index + sheet_of("style/subscribe.css")};
  }();
  return styles[static_cast<std::size_t>(sheet)];
}

const std::string& style_hash(Sheet sheet) {
  static const std::array<std::string, 5> hashes = [] {
    std::array<std::string, 5> all;
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = "sha256-" + to_base64(sha256(style(static_cast<Sheet>(i))));
    return all;
  }();
  return hashes[static_cast<std::size_t>(sheet)];
}

const std::string& symbols() {
  static const std::string drawing{trim(asset("templates/symbols.svg"))};
  return drawing;
}

const std::string& script(Script which) {
  static const std::array texts{pack(asset("scripts/live.js"), "//"),
                                pack(asset("scripts/subscribe.js"), "//"),
                                pack(asset("scripts/copy.js"), "//")};
  return texts.at(static_cast<std::size_t>(which));
}

const std::string& script_url(Script which) {
  static const std::array urls{url_of("live", script(Script::live)),
                               url_of("subscribe", script(Script::subscribe)),
                               url_of("copy", script(Script::copy))};
  return urls.at(static_cast<std::size_t>(which));
}

}  // namespace nocturn::web
