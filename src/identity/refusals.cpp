#include "identity/refusals.h"

#include "base/log.h"
#include "identity/events.h"
#include "identity/people.h"

namespace nocturn::identity {
namespace {

void record(Identity::Parts& parts, ledger::Event event) {
  parts.ledger.record(
      [event = std::move(event)](store::Reader&, WallTime) -> Events { return std::vector{event}; },
      [](const Result<std::vector<ledger::Entry>>& recorded) {
        if (!recorded)
          log::warning("identity", "a refused sign-in is not recorded: " + recorded.error().text());
      });
}

}  // namespace

std::string_view name_of(Refusal kind) {
  switch (kind) {
    case Refusal::wrong: return "wrong";
    case Refusal::slowed: return "slowed";
    case Refusal::provider: return "provider";
  }
  return "wrong";
}

void note_refusal(Identity::Parts& parts, Refusal kind, const AccountId& account,
                  std::string_view address, std::string_view why) {
  {
    const std::lock_guard lock(parts.mutex);
    FailureLog& failures = parts.failures[static_cast<std::size_t>(kind)];
    if (!failures.takes_one(parts.clock.wall())) return;
  }
  record(parts, events::sign_in_failed(account, address, why));
}

void sum_refusals_up(Identity::Parts& parts) {
  for (std::size_t i = 0; i < parts.failures.size(); ++i) {
    std::optional<FailureLog::Summary> summary;
    {
      const std::lock_guard lock(parts.mutex);
      summary = parts.failures[i].take_summary(parts.clock.wall());
    }
    if (summary)
      record(parts, events::sign_ins_failed(name_of(static_cast<Refusal>(i)), summary->count,
                                            summary->from, summary->until));
  }
}

}  // namespace nocturn::identity
