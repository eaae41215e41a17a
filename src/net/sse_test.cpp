#include "net/sse.h"

#include <gtest/gtest.h>

namespace nocturn::net {
namespace {

TEST(FormatEvent, keeps_every_line_of_the_data_in_the_event) {
  EXPECT_EQ(format_event({7, "row", "a\nb\r\nc\rd"}),
            "id: 7\nevent: row\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
  EXPECT_EQ(format_event({8, "", ""}), "id: 8\ndata: \n\n");
  EXPECT_EQ(format_event({9, "a\n\ndata: forged", "x"}),
            "id: 9\nevent: adata: forged\ndata: x\n\n");
}

TEST(EventHistory, starts_a_newcomer_with_nothing) {
  EventHistory history;
  history.add({5, "n", "d"});
  const auto start = history.start("");
  EXPECT_EQ(start.bytes, "");
  EXPECT_EQ(start.sequence, 1u);
}

TEST(EventHistory, gives_what_was_missed_and_no_more) {
  EventHistory history(3);
  for (std::uint64_t id = 10; id <= 50; id += 10) history.add({id, "n", "d"});
  const auto events = [](std::initializer_list<std::uint64_t> ids) {
    std::string bytes;
    for (const auto id : ids) bytes += format_event({id, "n", "d"});
    return bytes;
  };
  EXPECT_EQ(history.start("50").bytes, "");
  EXPECT_EQ(history.start("40").bytes, events({50}));
  EXPECT_EQ(history.start("30").bytes, events({40, 50}));
  EXPECT_EQ(history.start("20").bytes, events({30, 40, 50}));  // the one just dropped
}

TEST(EventHistory, tells_those_it_cannot_help_to_start_afresh) {
  EventHistory history(3);
  EXPECT_EQ(history.start("7").bytes, "event: reset\ndata: reset\n\n");  // from before our time
  for (std::uint64_t id = 10; id <= 50; id += 10) history.add({id, "n", "d"});
  for (const std::string_view last : {"10", "35", "60", "x", "-1", "99999999999999999999999"})
    EXPECT_EQ(history.start(last).bytes, "id: 50\nevent: reset\ndata: reset\n\n") << last;
}

}  // namespace
}  // namespace nocturn::net
