#include "app/changes_outside.h"

#include <utility>

namespace nocturn::app {
namespace {

namespace fs = std::filesystem;

constexpr Micros kClockStep = std::chrono::seconds(1);

}  // namespace

Micros ClockWatch::offset() const {
  return clock_.wall().time_since_epoch() - clock_.steady().time_since_epoch();
}

std::optional<Micros> ClockWatch::step() {
  const Micros now = offset();
  const Micros step = now - std::exchange(offset_, now);
  return std::chrono::abs(step) < kClockStep ? std::nullopt : std::optional(step);
}

CertificateWatch::CertificateWatch(fs::path certificate, fs::path key)
    : certificate_(std::move(certificate)), key_(std::move(key)), times_(times()) {}

CertificateWatch::Times CertificateWatch::times() const {
  if (certificate_.empty()) return {};
  std::error_code missing;
  return {fs::last_write_time(certificate_, missing), fs::last_write_time(key_, missing)};
}

bool CertificateWatch::changed() {
  const Times now = times();
  return now != std::exchange(times_, now);
}

}  // namespace nocturn::app
