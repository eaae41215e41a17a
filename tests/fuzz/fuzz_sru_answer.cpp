#include <cstddef>
#include <cstdint>

#include "monitoring/probes/sru_answer.h"

// Whatever a web server says to a search: parsed or refused, never worse.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto answer = nocturn::monitoring::sru::parse_answer(body);
  if (answer && answer->diagnostic) (void)answer->diagnostic->text();
  if (answer && answer->first) (void)answer->first->contains("canary");
  return 0;
}
