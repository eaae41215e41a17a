#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/address.h"
#include "net/fault.h"
#include "net/loop.h"
#include "net/tls_client.h"

// One outgoing TCP connection on a Loop, in the clear or under TLS, never blocking. It keeps no
// deadline of its own: its owner does, and destroys it when the time is over. Destroying it closes
// the descriptor, and its user is not called afterwards. Belongs to the loop's thread.
namespace nocturn::net {

class Connection {
 public:
  // Who uses a connection. Every call may destroy the connection.
  class User {
   public:
    virtual ~User() = default;
    // TCP is established; send(), secure() and close may follow.
    virtual void on_connected() = 0;
    // The TLS handshake is done and the certificate is as it was asked to be.
    virtual void on_secured() {}
    // Bytes came; valid during the call only.
    virtual void on_received(std::string_view bytes) = 0;
    // The peer will send no more. Nothing follows.
    virtual void on_ended() = 0;
    // It is over. Nothing follows.
    virtual void on_fault(Fault fault) = 0;
  };

  Connection(Loop& loop, User& user) : loop_(loop), user_(user) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Starts connecting; once. The user hears of success or fault later, never from within.
  void connect(const Address& address);
  // Starts the TLS handshake; once, when connected and nothing is unread.
  void secure(TlsSession session);
  // Queues bytes; what the socket does not take now goes when it can.
  void send(std::string_view bytes);

  // The peer's certificate and the negotiated parameters, once the handshake got that far (also
  // when the certificate was then refused).
  std::optional<TlsFacts> tls_facts() const;

 private:
  enum class Stage : std::uint8_t { idle, connecting, clear, handshake, secured, over };

  void on_ready(bool readable, bool writable);
  void finish_connecting();
  void shake_hands();
  void receive_clear();
  void receive_secured();
  // False when the user destroyed this connection.
  bool deliver(std::string_view bytes);
  void flush();
  void want(Interest interest);
  void end();
  void give_up(Fault fault);
  Fault tls_fault(int ssl_error, int error_number) const;

  Loop& loop_;
  User& user_;
  Address address_;
  std::optional<TlsSession> tls_;
  std::string unsent_;
  Loop::TimerId bad_news_ = 0;  // a fault at once, told in the next turn
  bool* destroyed_ = nullptr;   // set while the user is being called from a loop of ours
  int descriptor_ = -1;
  int write_error_ = 0;  // told when reading finds the end
  Stage stage_ = Stage::idle;
  Interest interest_ = Interest::none;
  bool peer_ended_ = false;
};

}  // namespace nocturn::net
