#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "monitoring/probes/z3950_wire.h"

// Whatever a server says to a Z39.50 client: a length within the bytes there are, and a message
// or a refusal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace z3950 = nocturn::monitoring::z3950;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t length = z3950::message_length(bytes);
  if (length > size) std::abort();
  (void)z3950::decode(bytes);
  if (length != 0) (void)z3950::decode(bytes.substr(0, length));
  return 0;
}
