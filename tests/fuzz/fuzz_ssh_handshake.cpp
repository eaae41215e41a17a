#include <cstddef>
#include <cstdint>

#include "monitoring/probes/ssh_handshake.h"
#include "monitoring/probes/ssh_host_key.h"
#include "monitoring/probes/ssh_wire.h"

// Whatever an SSH server sends before any key; then the same bytes as a host key and a signature,
// which a fuzzer cannot reach through the exchange.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nocturn::monitoring;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  nocturn::SeededRandom random(1);
  SshHandshake handshake(random, {});
  std::string to_send;
  const auto proven = handshake.feed(bytes, to_send);
  if (proven && *proven) __builtin_trap();  // nobody can sign our fresh exchange

  SshReader in(bytes);
  const auto key = in.string();
  const auto signature = in.string();
  for (const char* algorithm : {"ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512"}) {
    (void)verify_ssh_signature(algorithm, key, signature, "exchange");
  }
  return 0;
}
