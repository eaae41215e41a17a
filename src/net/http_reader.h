#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nocturn::net {

struct ReaderLimits {
  std::size_t header_bytes;
  std::size_t body_bytes;
  // Of a body that tells its length; head() tells of one above body_bytes, which its owner lets
  // in or not. Less than body_bytes: none is.
  std::size_t large_body_bytes = 0;
};

// A request's head, as views into the bytes that were fed.
struct RequestHead {
  struct Field {
    std::string_view name;  // as received
    std::string_view value;
  };
  std::string_view method;
  std::string_view target;
  std::vector<Field> fields;
  // Of a field that came several times only the last line is seen here.
  std::string_view accept_encoding, if_none_match, if_match, last_event_id;
  bool keep_alive = false;
  bool expects_continue = false;
  std::size_t body_length = 0;  // as the head tells; 0 when it comes in chunks
};

// Takes requests off a connection's bytes (RFC 9112), as strictly as can be: whatever two readers
// could understand differently is refused. Beast's parser reads the head; this class holds the
// rules it leaves open, and the body. Pure: no sockets, no time.
class RequestReader {
 public:
  enum class Progress : std::uint8_t {
    more,      // the request is not complete
    head,      // the head is complete and a body follows: look at head(), then go on feeding
    complete,  // the whole request is there
    refused,   // answer refusal() and close
  };
  struct Refusal {
    int status = 0;
    std::string_view detail;
  };

  explicit RequestReader(const ReaderLimits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Ready for the next request.
  void reset();

  // `bytes` are all bytes received and not consumed yet. An incomplete head consumes nothing and
  // is read again from its start, so that head() never points to bytes that have moved. After
  // `complete`, the next request begins behind the consumed bytes.
  struct Outcome {
    Progress progress;
    std::size_t consumed;
  };
  Outcome feed(std::string_view bytes);

  const RequestHead& head() const;
  std::string take_body();
  const Refusal& refusal() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nocturn::net
