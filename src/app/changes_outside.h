#pragma once

#include <array>
#include <filesystem>
#include <optional>

#include "base/clock.h"

// What changes under a running hub without anybody telling it: the computer's clock is set, the
// certificate is renewed. Both are asked every now and then, by one thread.
namespace nocturn::app {

class ClockWatch {
 public:
  explicit ClockWatch(const Clock& clock) : clock_(clock), offset_(offset()) {}

  // By how much the wall clock was set since the last question, forward or back; nothing below a
  // second, which is how clocks are kept right.
  std::optional<Micros> step();

 private:
  Micros offset() const;  // of the wall clock to the steady one

  const Clock& clock_;
  Micros offset_;
};

class CertificateWatch {
 public:
  // Without paths nothing ever changes.
  CertificateWatch(std::filesystem::path certificate, std::filesystem::path key);

  // Whether one of the two files was written since the last question.
  bool changed();

 private:
  using Times = std::array<std::filesystem::file_time_type, 2>;
  Times times() const;

  const std::filesystem::path certificate_;
  const std::filesystem::path key_;
  Times times_;
};

}  // namespace nocturn::app
