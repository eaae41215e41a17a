#include "app/certificate_keeper.h"

#include <sys/stat.h>

#include <utility>

#include "base/log.h"

namespace nocturn::app {
namespace {

namespace fs = std::filesystem;

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

}  // namespace

CertificateKeeper::CertificateKeeper(fs::path certificate, fs::path key,
                                     std::function<Status()> renew)
    : certificate_(std::move(certificate)),
      key_(std::move(key)),
      renew_(std::move(renew)),
      marks_(marks()) {}

CertificateKeeper::Marks CertificateKeeper::marks() const {
  const auto mark = [](const fs::path& file) -> Mark {
    struct stat found{};
    if (::stat(file.c_str(), &found) != 0) return {};
    return {static_cast<std::int64_t>(found.st_ino), found.st_size, nanoseconds(found.st_mtim),
            nanoseconds(found.st_ctim)};
  };
  return {mark(certificate_), mark(key_)};
}

void CertificateKeeper::look() {
  const std::lock_guard lock(mutex_);
  if (certificate_.empty() || (marks() == marks_ && !fault_)) return;
  take_now();
}

void CertificateKeeper::take() {
  const std::lock_guard lock(mutex_);
  if (!certificate_.empty()) take_now();
}

void CertificateKeeper::take_now() {
  marks_ = marks();  // before the files are read: what is written meanwhile is seen next time
  const Status renewed = renew_();
  if (renewed) {
    fault_.reset();
    log::info("app", "the certificate was read again", {{"certificate", certificate_.string()}});
    return;
  }
  const Error& error = renewed.error();
  inventory::Fault fault{
      .place = {.file = error.subject.empty() ? certificate_.string() : error.subject},
      .what = error.message,
      .mend =
          "put a chain and the key that belongs to it into place; until they are right, the "
          "certificate that was read before stays in use"};
  if (!fault_ || fault_->text() != fault.text()) log::error("app", fault.text());
  fault_ = std::move(fault);
}

std::optional<inventory::Fault> CertificateKeeper::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

}  // namespace nocturn::app
