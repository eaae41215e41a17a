#pragma once

#include <memory>
#include <string>
#include <vector>

#include "monitoring/probes/dialogue.h"
#include "net/http_exchange.h"

// The base of probes that speak HTTP: sends one request, follows redirects (each on a connection
// of its own, phases summed), reads the answer within its bounds.
namespace nocturn::monitoring {

class HttpDialogue : public Dialogue {
 public:
  using Dialogue::Dialogue;

 protected:
  struct Fetch {
    net::ClientRequest request;
    net::Family family = net::Family::any;
    net::TlsOptions tls;  // an empty server name stands for the URL's host
    std::size_t body_limit = 1024 * 1024;
    int redirects = 0;  // at most so many are followed; one more fails
  };

  // Starts; once, from begin().
  void fetch(Fetch fetch);

  // The answer to the last request. The connection, and so tls_facts(), is still there.
  virtual void on_response(net::ClientResponse& response) = 0;
  // Whether a redirect is what was wanted, and not to be followed.
  virtual bool is_wanted_redirect(const net::ClientResponse&) { return false; }

 private:
  void on_open() final;
  void on_bytes(std::string_view bytes) final;
  void on_end() final;

  void visit();
  void answered();
  void follow(std::string_view location, int status);

  Fetch fetch_;
  std::unique_ptr<net::ResponseReader> reader_;
  std::vector<std::string> visited_;
};

}  // namespace nocturn::monitoring
