#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "inventory/inventory.h"

// Takes a certificate and its key that were renewed on disk, without a restart. While what lies
// there is wrong, the old pair stays in use, and it is said why, once and wherever somebody looks.
// Thread-safe.
namespace nocturn::app {

class CertificateKeeper {
 public:
  // Without paths there is nothing to keep. `renew` makes the server read the files again.
  CertificateKeeper(std::filesystem::path certificate, std::filesystem::path key,
                    std::function<Status()> renew);

  // Takes the files if one of them changed since they were last read, and once more while they
  // are wrong. Cheap; to be called every now and then.
  void look();
  // Takes the files, changed or not.
  void take();
  // Why the files that lie there are not in use; nothing when they are.
  std::optional<inventory::Fault> fault() const;

 private:
  // What tells one state of a file from another: inode, length, and when its bytes or its rights
  // changed, in nanoseconds.
  using Mark = std::array<std::int64_t, 4>;
  using Marks = std::array<Mark, 2>;
  Marks marks() const;
  void take_now();

  const std::filesystem::path certificate_, key_;
  const std::function<Status()> renew_;
  mutable std::mutex mutex_;
  Marks marks_;
  std::optional<inventory::Fault> fault_;
};

}  // namespace nocturn::app
