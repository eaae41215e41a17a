#include <algorithm>

#include "base/log.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "base/json.h"

namespace nocturn::log {
namespace {

// In the order of the file: configure() holds for the rest of the program.
TEST(Log, hides_secrets_and_keeps_one_event_on_one_line) {
  testing::internal::CaptureStderr();
  info("net", "peer said\nsomething", {{"token", "s3cret"}, {"status", 503}});
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(line.contains("net: peer said\\nsomething token=[hidden] status=503")) << line;
  EXPECT_FALSE(line.contains("s3cret"));
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
}

TEST(Log, cuts_a_line_that_is_too_long) {
  testing::internal::CaptureStderr();
  info("net", std::string(100'000, 'x'));
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_LT(line.size(), 9'000u);
  EXPECT_TRUE(line.contains("[cut]"));
}

TEST(Log, writes_json_lines_when_asked_and_still_hides_secrets) {
  configure(Format::json, Level::info);
  testing::internal::CaptureStderr();
  warning("store", "disk \"full\"", {{"Authorization", "Bearer abc"}, {"free", 0}});
  debug("store", "not shown");
  const std::string text = testing::internal::GetCapturedStderr();
  const auto line = parse_json(text);
  ASSERT_TRUE(line) << line.error().text() << "\n" << text;
  EXPECT_EQ(line->at("message"), "disk \"full\"");
  EXPECT_EQ(line->at("level"), "warning");
  EXPECT_EQ(line->at("Authorization"), "[hidden]");
}

}  // namespace
}  // namespace nocturn::log
