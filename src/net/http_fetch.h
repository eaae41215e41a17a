#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/http.h"

// One HTTP exchange with another program, waited for: for the few calls where a thread may block (a
// sign-in provider, the command line and its hub). Probes and whatever runs often use the loop.
// TLS is always verified; redirects are never followed; proxies of the environment are not used.
namespace nocturn::net {

struct FetchRequest {
  std::string method = "GET";
  std::string url;  // https; http too where the caller let it through
  std::vector<Header> headers = {};
  std::string body = {};                      // sent when not empty, with the caller's content-type
  Micros deadline = std::chrono::seconds(5);  // for all of it: name, connection, TLS, answer
  std::size_t largest = 1024 * 1024;          // bytes of the answer's body
  std::string ca_file = {};                   // PEM; empty: the system's authorities
  std::string unix_socket = {};               // path; not empty: instead of the URL's host
  // Connects to addresses of the public network alone (is_public() of net/address.h): for URLs that
  // strangers chose. What a name leads to is looked at when connecting.
  bool public_only = false;
};

struct FetchAnswer {
  int status = 0;
  std::vector<Header> headers;  // names in lower case; the first 100
  std::string body;

  std::string_view header(std::string_view name) const;  // the first one, or empty
};

// `timeout` when the deadline passed, `limited` when the answer is too large, `unavailable` when
// nobody answers or is not who the certificate should say, `invalid` when a header would break out
// of its line; any status is an answer. Any thread.
Result<FetchAnswer> fetch(const FetchRequest& request);

// Such exchanges one after another, which keep their connection where the other side does. One
// thread at a time.
class FetchLine {
 public:
  FetchLine();
  ~FetchLine();
  FetchLine(const FetchLine&) = delete;
  FetchLine& operator=(const FetchLine&) = delete;
  Result<FetchAnswer> fetch(const FetchRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whether secrets may travel to this URL: https, or http to this machine itself (127.0.0.0/8, ::1,
// localhost). `invalid` otherwise, saying why.
Status check_private(std::string_view url);

}  // namespace nocturn::net
