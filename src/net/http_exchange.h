#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"
#include "net/url.h"

// The client's side of one HTTP/1.1 exchange as pure data: request bytes out, answer bytes in.
// Knows no socket; whoever holds a Connection feeds it.
namespace nocturn::net {

struct ClientRequest {
  std::string method = "GET";
  Url url;
  std::vector<Header> headers;  // besides Host, Connection, User-Agent and Content-Length
  std::string body;
};
// The bytes of a request on a connection of its own ("Connection: close").
std::string to_bytes(const ClientRequest& request);
// Whether a name and a value can stand in a header without becoming something else.
bool is_header(std::string_view name, std::string_view value);

struct ClientResponse {
  int status = 0;
  std::string reason;
  std::vector<Header> headers;  // names in lower case; at most 200
  std::string body;             // decoded (gzip, deflate); at most the limit
  bool body_cut = false;        // there was more of it than the limit
  bool body_coded = false;      // Content-Encoding is none that we decode: the body is as sent
  std::uint64_t received = 0;   // bytes of body on the wire

  std::string_view header(std::string_view name) const;
};

// Reads one response, whatever pieces it comes in. Memory is bounded by the limits: the head is at
// most 64 KiB, of the decoded body `body_limit` bytes are kept, and reading ends there, so that a
// small compressed bomb costs no more than an honest page.
class ResponseReader {
 public:
  // `head_only`: the request was HEAD, no body follows.
  ResponseReader(std::size_t body_limit, bool head_only);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  enum class Progress { more, done };
  // Takes the next bytes. `done`: the response is whole or cut at the limit; more is not wanted.
  // Fails with what is wrong with the answer.
  Result<Progress> feed(std::string_view bytes);
  // The peer closed. Fails when the response is not whole: a Content-Length not reached, a chunk
  // missing, or no answer at all.
  Status end();

  ClientResponse& response();

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
  std::string rest_;  // an incomplete line of the head
  std::size_t body_limit_;
  bool head_only_;
  int interim_ = 0;  // 1xx answers so far
};

}  // namespace nocturn::net
