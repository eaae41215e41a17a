#include "notifications/channels/maildir.h"

#include <fcntl.h>
#include <unistd.h>

namespace nocturn::notifications {
namespace {

namespace fs = std::filesystem;

// On the disk under its name before this returns.
Status write_file(const fs::path& file, std::string_view bytes) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(ErrorCode::unavailable, "cannot write {}", file.string());
  bool well = true;
  while (well && !bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    well = written > 0;
    if (well) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  well = well && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!well) return fail(ErrorCode::disk_full, "cannot write {}", file.string());
  return {};
}

}  // namespace

Result<std::unique_ptr<MaildirChannel>> MaildirChannel::open(fs::path folder, Outbox& outbox,
                                                             const LinkKey& links, HouseNow house) {
  std::error_code failed;
  for (const char* part : {"tmp", "new", "cur"})
    if (!failed) fs::create_directories(folder / part, failed);
  if (failed)
    return fail(ErrorCode::unavailable, "cannot make the maildir {}: {}", folder.string(),
                failed.message());
  return std::unique_ptr<MaildirChannel>(
      new MaildirChannel(std::move(folder), outbox, links, std::move(house)));
}

void MaildirChannel::wake() {
  while (auto parcel = outbox_.next(kEmail)) {
    const Status done = put(*parcel);
    if (done)
      outbox_.settle(*parcel, Delivery::State::sent, "maildir");
    else if (done.error().code == ErrorCode::invalid || done.error().code == ErrorCode::limited)
      outbox_.settle(*parcel, Delivery::State::refused, "", "its address is no e-mail address");
    else
      outbox_.put_back(*std::move(parcel), done.error().message);
  }
}

// The name tells the delivery, so that one that is repeated after a crash takes its own place.
Status MaildirChannel::put(const Parcel& parcel) {
  const House house = house_();
  const auto written = TRY(writer_.write(parcel, house));
  const std::string name =
      fmt::format("{}.delivery-{}.nocturn", parcel.queued_at.time_since_epoch().count() / 1'000'000,
                  parcel.delivery);
  // As a local delivery writes it: lines end as files' lines do here, and the envelope on top.
  std::string bytes = fmt::format("Return-Path: <{}>\nDelivered-To: {}\n", written.sender,
                                  parcel.recipient.address);
  for (const char c : *written.mail.bytes)
    if (c != '\r') bytes += c;
  TRY_STATUS(write_file(folder_ / "tmp" / name, bytes));
  std::error_code failed;
  fs::rename(folder_ / "tmp" / name, folder_ / "new" / name, failed);
  if (failed) return fail(ErrorCode::unavailable, "cannot move a mail into {}", folder_.string());
  return {};
}

}  // namespace nocturn::notifications
