#include "notifications/bounces/intake.h"

#include <fstream>

#include "base/log.h"
#include "notifications/events.h"
#include "notifications/records.h"

namespace nocturn::notifications {
namespace {

namespace fs = std::filesystem;

constexpr int kMostAtOnce = 500;

// The events that a report about this delivery brings: none when it was told before.
Result<std::vector<ledger::Event>> consequences(store::Reader& reader, std::int64_t id,
                                                const Bounce& bounce, bool& known) {
  std::vector<ledger::Event> events;
  const auto stored = TRY(records::delivery(reader, id));
  known = stored.has_value();
  if (!stored || stored->delivery.state == Delivery::State::bounced) return events;
  const bool failed = bounce.kind != Bounce::Kind::complaint;
  if (failed) {
    const events::Settled settled{id, Delivery::State::bounced, bounce.status};
    events.push_back(events::settled({&settled, 1}));
  }
  if (bounce.kind == Bounce::Kind::soft) return events;
  events.push_back(events::quarantined(
      stored->delivery.recipient,
      failed ? fmt::format("mail came back: {}", bounce.status) : "said that it is unwanted"));
  return events;
}

std::string read_start(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kLongestBounce, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

Result<Intake> take_bounce(std::string_view mail, std::string_view sent_to, const LinkKey& links,
                           ledger::Ledger& ledger) {
  Intake intake{.bounce = read_bounce(mail.substr(0, kLongestBounce), sent_to)};
  if (intake.bounce.kind == Bounce::Kind::none) return intake;
  const auto delivery = links.bounced_delivery(intake.bounce.token);
  if (!delivery) return intake;
  const auto recorded = TRY(ledger.record([&](store::Reader& reader, WallTime) {
    return consequences(reader, *delivery, intake.bounce, intake.ours);
  }));
  intake.recorded = !recorded.empty();
  return intake;
}

void take_bounces(const fs::path& maildir, const LinkKey& links, ledger::Ledger& ledger) {
  std::error_code failed;
  int taken = 0;
  std::vector<fs::path> mails;
  for (const auto& entry : fs::directory_iterator(maildir / "new", failed)) {
    if (++taken > kMostAtOnce) break;
    mails.push_back(entry.path());
  }
  for (const fs::path& mail : mails) {
    const auto intake = take_bounce(read_start(mail), "", links, ledger);
    if (!intake) {
      log::error("notifications", "bounces wait: " + intake.error().text());
      return;
    }
    fs::rename(mail, maildir / "cur" / (mail.filename().string() + ":2,S"), failed);
    if (failed) {
      log::error("notifications",
                 fmt::format("{} cannot be moved to cur: {}", mail.string(), failed.message()));
      return;
    }
  }
}

}  // namespace nocturn::notifications
