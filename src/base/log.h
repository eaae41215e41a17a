#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

// Structured logs to stderr: one event a line, readable or JSON. A line has a level, the module
// that speaks, a message, and fields. Values of fields named like secrets (password, token,
// secret, key, authorization, cookie) are replaced by "[hidden]".
namespace nocturn::log {

enum class Level { debug, info, warning, error };
enum class Format { readable, json };

struct Field {
  std::string_view name;
  std::string value;

  Field(std::string_view field_name, std::string field_value)
      : name(field_name), value(std::move(field_value)) {}
  Field(std::string_view field_name, std::string_view field_value)
      : name(field_name), value(field_value) {}
  Field(std::string_view field_name, const char* field_value)
      : name(field_name), value(field_value) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  Field(std::string_view field_name, Number field_value)
      : name(field_name), value(fmt::format("{}", field_value)) {}
};

// Call once, before other threads start. Until then lines are readable, from info upwards.
void configure(Format format, Level lowest);

// Thread-safe; never throws; a line is at most 8 KiB, longer ones are cut and say so.
void write(Level level, std::string_view module, std::string_view message,
           std::initializer_list<Field> fields = {});

inline void debug(std::string_view module, std::string_view message,
                  std::initializer_list<Field> fields = {}) {
  write(Level::debug, module, message, fields);
}
inline void info(std::string_view module, std::string_view message,
                 std::initializer_list<Field> fields = {}) {
  write(Level::info, module, message, fields);
}
inline void warning(std::string_view module, std::string_view message,
                    std::initializer_list<Field> fields = {}) {
  write(Level::warning, module, message, fields);
}
inline void error(std::string_view module, std::string_view message,
                  std::initializer_list<Field> fields = {}) {
  write(Level::error, module, message, fields);
}

}  // namespace nocturn::log
