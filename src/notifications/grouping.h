#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "notifications/model.h"
#include "notifications/recipients.h"

// From what the page shows to notices: which rows belong to one cause, and who is told what when.
// Works on states and not on events: it compares what is shown with what was told, so that nothing
// is lost when a hub was away, a send failed, or a row went up and down. Pure.
namespace nocturn::notifications {

// What the page shows of a row, as far as one topic is concerned.
struct Seen {
  std::string instance;
  std::string name = {}, product = {};
  std::string data_center = {};
  // `normal` when the topic has nothing to say of the row; nothing when nobody can tell, which
  // changes nothing of what was told.
  std::optional<status_page::Indicator> indicator = {};
  WallTime since = {};
  std::string because = {};
  int changes = 0;      // within the last hour
  bool watched = true;  // false: measured once, and no longer; `normal` means no more than that
};

// A notice that is not over.
struct OpenNotice {
  NoticeId id = {};
  Topic topic = Topic::trouble;
  WallTime grown_at = {};      // when a row joined it last
  std::uint64_t sequence = 0;  // of the newest change of a row
  std::uint64_t tellings = 0;
  std::vector<ToldRow> rows = {};  // by instance
  bool operator==(const OpenNotice&) const = default;
};

struct Clocks {
  // A recipient hears of changes of one notice at most this often, and waits no longer for one,
  // whatever becomes of the clock; of its begin and its end at once. That some rows are well again
  // waits this long in any case: a recovery comes row by row, and its end tells of all of them.
  Micros interval = std::chrono::minutes(1);
  // Trouble joins a notice about the same data center that grew so short a time ago; a notice over
  // several data centers, where the cause is no place, much shorter.
  Micros join = std::chrono::minutes(15), join_wide = std::chrono::minutes(2);
  // A row that changed so often within an hour is unstable: told once, and then again when it has
  // stayed the same for so long.
  int unstable_changes = 4;
  Micros calm = std::chrono::minutes(10);
};

// What is to be recorded of the rows of one notice.
struct NoticeChange {
  NoticeId notice = {};  // empty: a new one
  Topic topic = Topic::trouble;
  std::vector<ToldRow> rows = {};  // those that changed or joined, as they are now
};

// `seen` by instance, each once: every row there is. A row of an open notice that is not among them
// is no longer watched, which ends its part. Rows that joined nothing become one new notice
// together. Also answers the moment at which an unstable row may have calmed, if one is waited for.
struct Changes {
  std::vector<NoticeChange> notices = {};
  std::optional<WallTime> again_at = {};
};
Changes changes(Topic topic, std::span<const Seen> seen, std::span<const OpenNotice> open,
                const std::map<std::string, std::string>& data_centers, const Clocks& clocks,
                WallTime now);

// The notice as it is after that change; rows get their sequence.
void take(OpenNotice& notice, const NoticeChange& change, WallTime now);

// Whether every row is normal: then the notice is over once this has been told.
bool is_over(const OpenNotice& notice);

// What a recipient heard of a notice last.
struct Heard {
  std::uint64_t sequence = 0;
  WallTime at = {};
};

// Who is to be told now, by what the telling says; and when there is more to tell.
struct Tellings {
  std::map<Step, std::vector<Recipient>> now = {};
  std::optional<WallTime> again_at = {};
};
Tellings tellings(const OpenNotice& notice, std::span<const Addressee> addressees,
                  const std::map<RecipientId, Heard>& heard, const Clocks& clocks, WallTime now);

}  // namespace nocturn::notifications
