#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "notifications/letters/letter.h"

// What the sample cloud tells, for golden files, the browser's tests and screenshots.
namespace nocturn::testing {

struct SampleLetter {
  std::string name;  // "interruption.en"
  notifications::Letter letter;
};
std::vector<SampleLetter> sample_letters();

// The same interruption for programs and chat rooms.
struct SamplePayload {
  std::string name;  // a file's: "webhook.json"
  std::string bytes;
};
inline constexpr std::string_view kSampleSecret = "0123456789abcdef0123456789abcdef";
std::vector<SamplePayload> sample_payloads();

}  // namespace nocturn::testing
