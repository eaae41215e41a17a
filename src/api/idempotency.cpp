#include "api/idempotency.h"

#include <boost/json.hpp>

#include "api/problem.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/sha256.h"

namespace nocturn::api {
namespace {

constexpr store::Migration kMigrations[] = {
    {1, "idempotency",
     "CREATE TABLE api_idempotency ("
     " account TEXT NOT NULL,"
     " call_key TEXT NOT NULL,"  // hash of the client's text
     " digest TEXT NOT NULL,"    // of method, target and body
     " at INTEGER NOT NULL,"
     " status INTEGER,"  // null until the call is done
     " headers TEXT,"    // null: done, but the answer is not kept
     " body TEXT,"
     " PRIMARY KEY (account, call_key)) STRICT;"
     "CREATE INDEX api_idempotency_by_time ON api_idempotency (at)"}};

constexpr Micros kKept = std::chrono::hours(24);
constexpr std::size_t kLongestKey = 255;
constexpr std::size_t kLargestBody = 256 * 1024;

struct Row {
  std::string digest;
  std::optional<std::int64_t> status;
  std::optional<std::string> headers, body;
};

Result<std::optional<Row>> find(store::Reader& reader, const KeyedCall& call) {
  return reader.first(
      "SELECT digest, status, headers, body FROM api_idempotency"
      " WHERE account = ? AND call_key = ?",
      {std::string_view(call.account), std::string_view(call.key)}, [](const store::Row& row) {
        const auto text = [&](int column) {
          return row.is_null(column) ? std::nullopt : std::optional(std::string(row.text(column)));
        };
        return Row{std::string(row.text(0)),
                   row.is_null(1) ? std::nullopt : std::optional(row.integer(1)), text(2), text(3)};
      });
}

// Every day's keys go with the first reservation after it: no timer is needed.
Status reserve(store::Transaction& transaction, const KeyedCall& call, WallTime now) {
  TRY_STATUS(transaction.post("DELETE FROM api_idempotency WHERE at < ?",
                              {(now - kKept).time_since_epoch().count()}));
  return transaction.post(
      "INSERT INTO api_idempotency (account, call_key, digest, at) VALUES (?, ?, ?, ?)",
      {std::string_view(call.account), std::string_view(call.key), std::string_view(call.digest),
       now.time_since_epoch().count()});
}

std::string to_text(const std::vector<net::Header>& headers) {
  JsonArray list;
  for (const net::Header& header : headers)
    if (header.name != "set-cookie") list.push_back(JsonArray{header.name, header.value});
  return boost::json::serialize(list);
}

Result<net::Response> replayed(const Row& row) {
  if (!row.headers)
    return problem({.code = ErrorCode::conflict,
                    .message = "this was done before; its answer is not kept",
                    .subject = {}});
  net::Response response{.status = static_cast<int>(*row.status), .headers = {}, .body = *row.body};
  const Json headers = TRY(parse_json(*row.headers));
  for (const Json& header : headers.as_array()) {
    const JsonArray& pair = header.as_array();
    response.headers.push_back(
        {std::string(pair.at(0).as_string()), std::string(pair.at(1).as_string())});
  }
  response.headers.push_back({"idempotency-replayed", "true"});
  return response;
}

net::Response other_call() {
  return problem({.code = ErrorCode::invalid,
                  .message = "this key was used for another call; take a new one",
                  .subject = "idempotency-key"},
                 {}, 422);
}

net::Response unfinished(bool running) {
  Error error{.code = ErrorCode::conflict, .message = {}, .subject = "idempotency-key"};
  if (running) {
    error.message = "this call is being done; ask again in a second";
    error.retry = true;
    error.retry_after_seconds = 1;
  } else {
    error.message =
        "the hub stopped while it did this, so the outcome is unknown; look at the thing itself or "
        "at GET /api/v1/ledger/entries, then call with a new key";
  }
  return problem(error);
}

}  // namespace

std::span<const store::Migration> migrations() { return kMigrations; }

Result<KeyedCall> keyed_call(std::string_view account, const net::Request& request) {
  const std::string_view key = request.header("idempotency-key");
  if (key.size() > kLongestKey)
    return fail(ErrorCode::invalid, "idempotency-key: at most {} characters", kLongestKey);
  // Keyed with the client's text, which is not kept: a body may hold a password, and what is kept
  // must not let anybody try passwords out.
  const crypto::Hash digest = crypto::hmac_sha256(
      as_bytes(key), fmt::format("{}\n{}\n{}", request.method, request.target, request.body));
  return KeyedCall{std::string(account), to_hex(crypto::sha256(key)), to_hex(digest)};
}

Result<std::optional<net::Response>> Idempotency::begin(const KeyedCall& call) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_.emplace(call.account, call.key).second) return unfinished(true);
  }
  std::optional<Row> before;
  const Status reserved = writer_.run([&](store::Transaction& transaction) -> Status {
    before = TRY(find(transaction, call));
    return before ? Status() : reserve(transaction, call, clock_.wall());
  });
  if (reserved && !before) return std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    running_.erase({call.account, call.key});
  }
  if (!reserved) return std::unexpected(reserved.error());
  if (before->digest != call.digest) return other_call();
  if (!before->status) return unfinished(false);
  return TRY(replayed(*before));
}

Status Idempotency::finish(const KeyedCall& call, const net::Response& answer, bool secret) {
  const bool kept = !secret && answer.body.size() <= kLargestBody;
  const std::string headers = to_text(answer.headers);
  const auto text = [&](const std::string& value) {
    return kept ? store::Parameter(std::string_view(value)) : store::Parameter(std::monostate{});
  };
  const Status done = writer_.run([&](store::Transaction& transaction) {
    return transaction.post(
        "UPDATE api_idempotency SET status = ?, headers = ?, body = ?"
        " WHERE account = ? AND call_key = ?",
        {std::int64_t(answer.status), text(headers), text(answer.body),
         std::string_view(call.account), std::string_view(call.key)});
  });
  const std::lock_guard lock(mutex_);
  running_.erase({call.account, call.key});
  return done;
}

Status Idempotency::release(const KeyedCall& call) {
  const Status done = writer_.run([&](store::Transaction& transaction) {
    return transaction.post("DELETE FROM api_idempotency WHERE account = ? AND call_key = ?",
                            {std::string_view(call.account), std::string_view(call.key)});
  });
  const std::lock_guard lock(mutex_);
  running_.erase({call.account, call.key});
  return done;
}

}  // namespace nocturn::api
