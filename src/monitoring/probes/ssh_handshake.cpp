#include "monitoring/probes/ssh_handshake.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "monitoring/probes/ssh_host_key.h"
#include "monitoring/probes/ssh_wire.h"

namespace nocturn::monitoring {
namespace {

constexpr std::string_view kOurBanner = "SSH-2.0-nocturn";
constexpr std::size_t kMostBytes = 64 * 1024;
constexpr std::size_t kLongestLine = 1024;
constexpr int kMostPackets = 64;
constexpr std::size_t kPoint = 32;  // bytes of a curve25519 point

// RFC 4250, section 4.1.2; RFC 5656.
enum Message : std::uint8_t {
  kDisconnect = 1,
  kIgnore = 2,
  kDebug = 4,
  kKexInit = 20,
  kEcdhInit = 30,
  kEcdhReply = 31
};

constexpr std::array<std::string_view, 2> kExchanges{"curve25519-sha256",
                                                     "curve25519-sha256@libssh.org"};

std::string proposal(Random& random, const std::vector<std::string>& algorithms) {
  std::string out(1, static_cast<char>(kKexInit));
  std::array<std::uint8_t, 16> cookie;
  random.fill(cookie);
  out.append(reinterpret_cast<const char*>(cookie.data()), cookie.size());
  put_string(out, fmt::format("{}", fmt::join(kExchanges, ",")));
  put_string(out, fmt::format("{}", fmt::join(algorithms, ",")));
  // Never used: the probe ends before anything is encrypted. But they must have one in common.
  constexpr std::string_view kCiphers =
      "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,"
      "aes256-ctr,aes128-ctr";
  constexpr std::string_view kMacs = "hmac-sha2-256-etm@openssh.com,hmac-sha2-256,hmac-sha2-512";
  for (const auto list : {kCiphers, kCiphers, kMacs, kMacs, std::string_view("none"),
                          std::string_view("none"), std::string_view(), std::string_view()}) {
    put_string(out, list);
  }
  out += '\0';  // no guess follows
  put_u32(out, 0);
  return out;
}

}  // namespace

struct SshHandshake::KeyPair {
  KeyPair() : key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")) { CHECK(key != nullptr); }
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;
  ~KeyPair() { EVP_PKEY_free(key); }

  std::string point() const {
    std::string out(kPoint, '\0');
    std::size_t size = out.size();
    CHECK(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(out.data()), &size));
    return out;
  }

  // The shared secret; empty when the other side's point is none (RFC 7748, section 6.1).
  std::string secret_with(std::string_view their_point) const {
    EVP_PKEY* theirs = EVP_PKEY_new_raw_public_key(
        EVP_PKEY_X25519, nullptr, reinterpret_cast<const unsigned char*>(their_point.data()),
        their_point.size());
    EVP_PKEY_CTX* context = theirs == nullptr ? nullptr : EVP_PKEY_CTX_new(key, nullptr);
    std::string out(kPoint, '\0');
    std::size_t size = out.size();
    const bool derived =
        context != nullptr && EVP_PKEY_derive_init(context) == 1 &&
        EVP_PKEY_derive_set_peer(context, theirs) == 1 &&
        EVP_PKEY_derive(context, reinterpret_cast<unsigned char*>(out.data()), &size) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(theirs);
    return derived && size == kPoint ? out : std::string();
  }

  EVP_PKEY* key;
};

SshHandshake::SshHandshake(Random& random, std::vector<std::string> algorithms)
    : algorithms_(std::move(algorithms)), pair_(std::make_unique<KeyPair>()) {
  if (algorithms_.empty()) {
    algorithms_ = {"ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"};
  }
  our_proposal_ = proposal(random, algorithms_);
}
SshHandshake::~SshHandshake() = default;

std::string SshHandshake::opening() const { return fmt::format("{}\r\n", kOurBanner); }

Result<bool> SshHandshake::feed(std::string_view bytes, std::string& to_send) {
  taken_ += bytes.size();
  if (taken_ > kMostBytes) return fail(ErrorCode::limited, "more than 64 KiB before any key");
  unread_.append(bytes);
  while (banner_.empty()) {
    if (!TRY(take_banner(to_send))) return false;
  }
  while (auto payload = TRY(take_ssh_packet(unread_))) {
    if (++packets_ > kMostPackets) return fail(ErrorCode::limited, "packets without end");
    if (TRY(take_packet(*payload, to_send))) return true;
  }
  return false;
}

Result<bool> SshHandshake::take_banner(std::string& to_send) {
  const auto end = unread_.find('\n');
  if (std::min(end, unread_.size()) > kLongestLine) {
    return fail(ErrorCode::corrupt, "a line of more than 1024 bytes without an end");
  }
  if (end == unread_.npos) return false;
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  if (!line.starts_with("SSH-")) return true;  // RFC 4253, section 4.2: other lines may precede
  banner_ = std::move(line);
  if (!banner_.starts_with("SSH-2.0-") && !banner_.starts_with("SSH-1.99-")) {
    return fail(ErrorCode::unsupported, "the server speaks {}, not SSH 2", banner_.substr(0, 40));
  }
  to_send += ssh_packet(our_proposal_);
  return true;
}

Result<bool> SshHandshake::take_packet(std::string_view payload, std::string& to_send) {
  SshReader in(payload);
  switch (in.u8()) {
    case kIgnore:
    case kDebug: return false;
    case kDisconnect: {
      in.u32();
      return fail(ErrorCode::unavailable, "the server disconnects: {}", in.string().substr(0, 120));
    }
    case kKexInit: {
      if (!their_proposal_.empty()) return fail(ErrorCode::corrupt, "a second proposal");
      TRY_STATUS(agree(payload));
      std::string init(1, static_cast<char>(kEcdhInit));
      put_string(init, pair_->point());
      to_send += ssh_packet(init);
      return false;
    }
    default: break;
  }
  if (their_proposal_.empty()) return fail(ErrorCode::corrupt, "no proposal of algorithms");
  if (std::exchange(skip_guess_, false)) return false;
  TRY_STATUS(prove(payload));
  return true;
}

// RFC 4253, section 7.1: of each list the first of ours that they know as well.
Status SshHandshake::agree(std::string_view their_proposal) {
  SshReader in(their_proposal);
  in.bytes(1 + 16);  // message and cookie
  const auto exchanges = in.name_list();
  const auto keys = in.name_list();
  for (int i = 0; i < 8; ++i) in.string();
  const bool guessed = in.u8() != 0;
  if (in.bad()) return fail(ErrorCode::corrupt, "a proposal that cannot be read");
  const auto knows = [](const auto& list, std::string_view name) {
    return std::ranges::find(list, name) != list.end();
  };
  const auto exchange =
      std::ranges::find_if(kExchanges, [&](auto name) { return knows(exchanges, name); });
  if (exchange == kExchanges.end()) {
    return fail(ErrorCode::unsupported, "the server offers no curve25519 key exchange");
  }
  const auto key =
      std::ranges::find_if(algorithms_, [&](const auto& name) { return knows(keys, name); });
  if (key == algorithms_.end()) {
    return fail(ErrorCode::unsupported, "the server has no host key of type {}",
                fmt::join(algorithms_, ", "));
  }
  algorithm_ = *key;
  their_proposal_ = their_proposal;
  skip_guess_ = guessed && (exchanges.front() != kExchanges.front() || keys.front() != algorithm_);
  return {};
}

// RFC 5656, section 4.
Status SshHandshake::prove(std::string_view reply) {
  SshReader in(reply);
  const auto message = in.u8();
  const auto key_blob = in.string();
  const auto their_point = in.string();
  const auto signature = in.string();
  if (message != kEcdhReply || in.bad() || their_point.size() != kPoint) {
    return fail(ErrorCode::corrupt, "no answer to the key exchange");
  }
  const std::string secret = pair_->secret_with(their_point);
  if (secret.empty()) return fail(ErrorCode::corrupt, "a bad point in the key exchange");
  TRY_STATUS(verify_ssh_signature(algorithm_, key_blob, signature,
                                  exchange_hash(key_blob, their_point, secret)));
  key_type_ = std::string(SshReader(key_blob).string());
  fingerprint_ = ssh_fingerprint(key_blob);
  return {};
}

std::string SshHandshake::exchange_hash(std::string_view key_blob, std::string_view their_point,
                                        std::string_view secret) const {
  std::string text;
  const std::string our_point = pair_->point();
  for (const std::string_view part :
       {kOurBanner, std::string_view(banner_), std::string_view(our_proposal_),
        std::string_view(their_proposal_), key_blob, std::string_view(our_point), their_point}) {
    put_string(text, part);
  }
  put_mpint(text, secret);
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace nocturn::monitoring
