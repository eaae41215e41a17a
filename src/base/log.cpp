#include "base/log.h"

#include <algorithm>
#include <array>
#include <atomic>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <boost/json.hpp>

#include "base/text.h"

namespace nocturn::log {
namespace {

constexpr std::size_t kLongestLine = 8 * 1024;
constexpr std::array<std::string_view, 7> kSecretWords{
    "password", "token", "secret", "authorization", "cookie", "credential", "private_key"};

std::atomic<Format> format_in_use{Format::readable};

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("nocturn",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
    return made;
  }();
  return *instance;
}

bool is_secret(std::string_view name) {
  const std::string lower = lower_ascii(name);
  return std::ranges::any_of(kSecretWords,
                             [&](std::string_view word) { return lower.contains(word); });
}

// One event is one line, whatever a peer sent us: control characters are shown, not obeyed.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

std::string cut(std::string line) {
  if (line.size() <= kLongestLine) return line;
  line.resize(kLongestLine);
  return line + " [cut]";
}

std::string readable_line(std::string_view module, std::string_view message,
                          std::initializer_list<Field> fields) {
  std::string line = fmt::format("{}: {}", module, one_line(message));
  for (const Field& field : fields)
    line += fmt::format(" {}={}", field.name,
                        is_secret(field.name) ? "[hidden]" : one_line(field.value));
  return cut(std::move(line));
}

std::string json_line(Level level, std::string_view module, std::string_view message,
                      std::initializer_list<Field> fields) {
  constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warning", "error"};
  boost::json::object line{{"level", kNames[static_cast<std::size_t>(level)]},
                           {"module", module},
                           {"message", message.substr(0, kLongestLine / 2)}};
  std::size_t size = 0;
  for (const Field& field : fields) {
    const std::string value = is_secret(field.name) ? "[hidden]" : field.value;
    size += value.size();
    line[field.name] = size > kLongestLine / 2 ? std::string("[cut]") : value;
  }
  return boost::json::serialize(line);
}

}  // namespace

void configure(Format format, Level lowest) {
  format_in_use = format;
  logger().set_level(to_spdlog(lowest));
  if (format == Format::json) {
    // The time goes in front of the object's own members; the rest is made by json_line().
    logger().set_pattern("{\"time\":\"%Y-%m-%dT%H:%M:%S.%fZ\",%v", spdlog::pattern_time_type::utc);
  }
}

void write(Level level, std::string_view module, std::string_view message,
           std::initializer_list<Field> fields) {
  if (!logger().should_log(to_spdlog(level))) return;
  if (format_in_use == Format::json) {
    logger().log(to_spdlog(level), json_line(level, module, message, fields).substr(1));
  } else {
    logger().log(to_spdlog(level), readable_line(module, message, fields));
  }
}

}  // namespace nocturn::log
