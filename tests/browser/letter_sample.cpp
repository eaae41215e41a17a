// Writes the letters of the sample cloud to a folder, and what its webhooks and chat rooms get, for
// the browser tests, the golden files and the curious:  nocturn_letter_sample OUTDIR
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "support/sample_letters.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: nocturn_letter_sample OUTDIR\n");
    return 2;
  }
  const std::filesystem::path out = arguments[1];
  std::filesystem::create_directories(out);
  for (const auto& [name, letter] : nocturn::testing::sample_letters()) {
    std::ofstream(out / (name + ".txt")) << "Subject: " << letter.subject << "\n\n" << letter.text;
    std::ofstream(out / (name + ".html")) << letter.html;
  }
  for (const auto& [name, bytes] : nocturn::testing::sample_payloads())
    std::ofstream(out / name) << bytes;
  return 0;
}
