#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"

// The client's side of the start of SSH, as far as the server's host key: identification, the
// algorithms, one curve25519-sha256 exchange (RFC 4253, RFC 8731), and the check of the server's
// signature. Bytes in, bytes out, no socket; nothing is ever encrypted, as it ends before that.
namespace nocturn::monitoring {

class SshHandshake {
 public:
  // `algorithms`: of host keys, the preferred first; empty: all we know.
  SshHandshake(Random& random, std::vector<std::string> algorithms);
  ~SshHandshake();
  SshHandshake(const SshHandshake&) = delete;
  SshHandshake& operator=(const SshHandshake&) = delete;

  // What to send first.
  std::string opening() const;
  // Takes what came and appends what is to be sent. True once the host key is proven. Fails with
  // what is wrong with the server. At most 64 packets and 64 KiB are taken.
  Result<bool> feed(std::string_view bytes, std::string& to_send);

  // The server's identification, "SSH-2.0-OpenSSH_9.2"; empty until it came.
  const std::string& banner() const { return banner_; }
  // "ssh-ed25519", and "SHA256:…"; once proven.
  const std::string& key_type() const { return key_type_; }
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  struct KeyPair;
  // True when a whole line was there and told the banner.
  Result<bool> take_banner(std::string& to_send);
  Result<bool> take_packet(std::string_view payload, std::string& to_send);
  Status agree(std::string_view their_proposal);
  Status prove(std::string_view reply);
  std::string exchange_hash(std::string_view key_blob, std::string_view their_point,
                            std::string_view secret) const;

  std::vector<std::string> algorithms_;
  std::unique_ptr<KeyPair> pair_;
  std::string our_proposal_, their_proposal_, algorithm_;
  std::string unread_, banner_, key_type_, fingerprint_;
  std::size_t taken_ = 0;
  int packets_ = 0;
  bool skip_guess_ = false;
};

}  // namespace nocturn::monitoring
