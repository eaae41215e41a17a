#include "net/connection.h"

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nocturn::net {
namespace {

constexpr std::size_t kReadSize = 32 * 1024;  // two whole TLS records; on the stack
constexpr int kReadsPerTurn = 4;              // then others get their turn

bool would_block(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR;
}

}  // namespace

Connection::~Connection() {
  if (destroyed_ != nullptr) *destroyed_ = true;
  if (bad_news_ != 0) loop_.cancel(bad_news_);
  if (descriptor_ < 0) return;
  if (interest_ != Interest::none) loop_.forget(descriptor_);
  tls_.reset();
  if (!peer_ended_) {
    // Whoever closes first keeps the port in TIME-WAIT for a minute: at 500 probes a second the
    // 28,000 local ports would be used up. A reset frees ours at once.
    const linger at_once{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  ::close(descriptor_);
}

void Connection::connect(const Address& address) {
  CHECK(stage_ == Stage::idle);
  address_ = address;
  stage_ = Stage::connecting;
  descriptor_ =
      socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int error_number = descriptor_ < 0 ? errno : 0;
  if (descriptor_ >= 0) {
    sockaddr_storage to;
    const unsigned size = to_sockaddr(address, to);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), size) != 0 &&
        errno != EINPROGRESS) {
      error_number = errno;
    }
  }
  if (error_number == 0) {
    want(Interest::write);
    return;
  }
  // Loopback refuses at once: then it is the peer's refusal all the same.
  bad_news_ = loop_.after(Micros(0), [this, fault = fault_of(error_number, true, address)] {
    bad_news_ = 0;
    give_up(fault);
  });
}

void Connection::want(Interest interest) {
  if (interest == interest_) return;
  if (interest_ == Interest::none) {
    loop_.watch(descriptor_, interest,
                [this](bool readable, bool writable) { on_ready(readable, writable); });
  } else if (interest == Interest::none) {
    loop_.forget(descriptor_);
  } else {
    loop_.change(descriptor_, interest);
  }
  interest_ = interest;
}

void Connection::on_ready(bool readable, bool writable) {
  switch (stage_) {
    case Stage::connecting: finish_connecting(); return;
    case Stage::handshake: shake_hands(); return;
    case Stage::clear:
      if (writable && !unsent_.empty()) flush();
      if (readable) receive_clear();
      return;
    case Stage::secured:
      if (writable && !unsent_.empty()) flush();
      receive_secured();  // TLS may have to read before it can write
      return;
    case Stage::idle:
    case Stage::over: return;
  }
}

void Connection::finish_connecting() {
  int error_number = 0;
  socklen_t size = sizeof error_number;
  getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error_number, &size);
  if (error_number != 0) {
    give_up(fault_of(error_number, false, address_));
    return;
  }
  stage_ = Stage::clear;
  want(Interest::read);
  user_.on_connected();
}

void Connection::secure(TlsSession session) {
  CHECK(stage_ == Stage::clear);
  const int yes = 1;  // the last flight of the handshake must not hold up the first request
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  tls_ = std::move(session);
  SSL_set_fd(tls_->ssl(), descriptor_);
  stage_ = Stage::handshake;
  want(Interest::both);  // the first flight goes out in the loop's next turn
}

void Connection::shake_hands() {
  ERR_clear_error();
  const int done = SSL_do_handshake(tls_->ssl());
  if (done == 1) {
    if (auto verdict = tls_->verdict(); !verdict) {
      give_up({Blame::theirs, verdict.error().message});
      return;
    }
    stage_ = Stage::secured;
    want(Interest::read);
    user_.on_secured();
    return;
  }
  const int error_number = errno;
  const int reason = SSL_get_error(tls_->ssl(), done);
  if (reason == SSL_ERROR_WANT_READ) {
    want(Interest::read);
  } else if (reason == SSL_ERROR_WANT_WRITE) {
    want(Interest::write);
  } else {
    give_up(tls_fault(reason, error_number));
  }
}

Fault Connection::tls_fault(int ssl_error, int error_number) const {
  const auto code = ERR_get_error();
  if (ssl_error == SSL_ERROR_SYSCALL && code == 0) {
    if (error_number != 0) return fault_of(error_number, false, address_);
    return {Blame::theirs, "the peer closed the connection during TLS"};
  }
  const char* words = ERR_reason_error_string(code);
  return {Blame::theirs, fmt::format("TLS: {}", words == nullptr ? "protocol error" : words)};
}

bool Connection::deliver(std::string_view bytes) {
  bool destroyed = false;
  destroyed_ = &destroyed;
  user_.on_received(bytes);
  if (destroyed) return false;
  destroyed_ = nullptr;
  return true;
}

void Connection::receive_clear() {
  char buffer[kReadSize];
  for (int i = 0; i < kReadsPerTurn; ++i) {
    const ssize_t got = recv(descriptor_, buffer, sizeof buffer, 0);
    if (got < 0) {
      if (!would_block(errno)) give_up(fault_of(errno, false, address_));
      return;
    }
    if (got == 0) {
      end();
      return;
    }
    if (!deliver({buffer, static_cast<std::size_t>(got)})) return;
    // Readiness is told again if there is more; asking the socket now would mostly be in vain.
    if (static_cast<std::size_t>(got) < sizeof buffer || stage_ != Stage::clear) return;
  }
}

void Connection::receive_secured() {
  char buffer[kReadSize];
  // A record that OpenSSL holds already is not told by the descriptor, so read until it asks for
  // more; a peer that sends without end is met by its owner's limit on bytes.
  while (true) {
    ERR_clear_error();
    errno = 0;
    const int got = SSL_read(tls_->ssl(), buffer, sizeof buffer);
    if (got > 0) {
      if (!deliver({buffer, static_cast<std::size_t>(got)})) return;
      continue;
    }
    const int error_number = errno;
    const int reason = SSL_get_error(tls_->ssl(), got);
    if (reason == SSL_ERROR_WANT_READ) return;
    if (reason == SSL_ERROR_WANT_WRITE) return want(Interest::both);
    if (reason == SSL_ERROR_ZERO_RETURN) return end();
    Fault fault = tls_fault(reason, error_number);
    // OpenSSL 3 calls a close without TLS's own goodbye an error; to us it is how streams end.
    const bool cut =
        reason == SSL_ERROR_SSL && fault.what.find("unexpected eof") != fault.what.npos;
    if (cut || (reason == SSL_ERROR_SYSCALL && error_number == 0)) return end();
    return give_up(std::move(fault));
  }
}

void Connection::send(std::string_view bytes) {
  if (stage_ != Stage::clear && stage_ != Stage::secured) return;
  unsent_.append(bytes);
  flush();
}

void Connection::flush() {
  std::size_t sent = 0;
  while (sent < unsent_.size() && write_error_ == 0) {
    const std::string_view rest = std::string_view(unsent_).substr(sent);
    if (tls_) {
      ERR_clear_error();
      const int wrote = SSL_write(tls_->ssl(), rest.data(), static_cast<int>(rest.size()));
      if (wrote <= 0) {
        const int reason = SSL_get_error(tls_->ssl(), wrote);
        if (reason != SSL_ERROR_WANT_WRITE && reason != SSL_ERROR_WANT_READ) write_error_ = EPIPE;
        break;
      }
      sent += static_cast<std::size_t>(wrote);
    } else {
      const ssize_t wrote = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (wrote < 0) {
        if (!would_block(errno)) write_error_ = errno;
        break;
      }
      sent += static_cast<std::size_t>(wrote);
    }
  }
  if (write_error_ != 0) unsent_.clear();  // reading finds the end and tells it
  unsent_.erase(0, sent);
  want(unsent_.empty() ? Interest::read : Interest::both);
}

void Connection::end() {
  peer_ended_ = true;
  if (write_error_ != 0) {
    give_up(fault_of(write_error_, false, address_));
    return;
  }
  stage_ = Stage::over;
  want(Interest::none);
  user_.on_ended();
}

void Connection::give_up(Fault fault) {
  stage_ = Stage::over;
  if (descriptor_ >= 0) want(Interest::none);
  user_.on_fault(std::move(fault));
}

std::optional<TlsFacts> Connection::tls_facts() const {
  if (!tls_ || SSL_get_current_cipher(tls_->ssl()) == nullptr) return std::nullopt;
  return tls_->facts();
}

}  // namespace nocturn::net
