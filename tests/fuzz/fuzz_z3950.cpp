#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "monitoring/probes/z3950_answer.h"

// Whatever a server says to a Z39.50 client: a length within the bytes there are, and a message
// or a refusal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace z3950 = nocturn::monitoring::z3950;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto length = z3950::message_length(bytes);
  if (length && *length > size) std::abort();
  (void)z3950::decode(bytes);
  return 0;
}
