#pragma once

#include <string>
#include <vector>

#include "notifications/letter.h"

// Letters of the sample cloud, for golden files, the browser's tests and screenshots.
namespace nocturn::testing {

struct SampleLetter {
  std::string name;  // "interruption.en"
  notifications::Letter letter;
};
std::vector<SampleLetter> sample_letters();

}  // namespace nocturn::testing
