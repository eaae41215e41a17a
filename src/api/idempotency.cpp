#include "api/idempotency.h"

#include <algorithm>

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
     "CREATE INDEX api_idempotency_by_time ON api_idempotency (at)"},
    {2, "bounds",
     "ALTER TABLE api_idempotency ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;"  // of the answer
     "CREATE INDEX api_idempotency_by_account ON api_idempotency (account, at, call_key, bytes)"}};

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

// Unless the key stands for a call `before`. Every day's keys go with the first reservation after
// it: no timer is needed.
Status reserve(store::Transaction& transaction, const KeyedCall& call, WallTime now,
               std::optional<Row>& before) {
  before = TRY(find(transaction, call));
  if (before) return {};
  TRY_STATUS(transaction.post("DELETE FROM api_idempotency WHERE at < ?",
                              {(now - kKept).time_since_epoch().count()}));
  return transaction.post(
      "INSERT INTO api_idempotency (account, call_key, digest, at) VALUES (?, ?, ?, ?)",
      {std::string_view(call.account), std::string_view(call.key), std::string_view(call.digest),
       now.time_since_epoch().count()});
}

using Amount = Idempotency::Amount;

// Forgets what is oldest beyond `most`, and tells what is left. Calls that are not done yet stay:
// nobody may think that they never began.
Result<Amount> trim(store::Transaction& transaction, const std::string& account, Amount most) {
  TRY_STATUS(transaction.post(
      "DELETE FROM api_idempotency WHERE account = ? AND status IS NOT NULL AND call_key IN ("
      " SELECT call_key FROM (SELECT call_key,"
      "  ROW_NUMBER() OVER (ORDER BY at DESC, call_key) AS place"
      "  FROM api_idempotency WHERE account = ?) AS placed WHERE place > ?)",
      {std::string_view(account), std::string_view(account), most.calls}));
  TRY_STATUS(
      transaction.post("UPDATE api_idempotency SET headers = NULL, body = NULL, bytes = 0"
                       " WHERE account = ? AND bytes > 0 AND call_key IN ("
                       " SELECT call_key FROM (SELECT call_key,"
                       "  CAST(SUM(bytes) OVER (ORDER BY at DESC, call_key) AS BIGINT) AS total"
                       "  FROM api_idempotency WHERE account = ?) AS summed WHERE total > ?)",
                       {std::string_view(account), std::string_view(account), most.bytes}));
  return TRY(transaction.first(
                 "SELECT COUNT(*), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM api_idempotency"
                 " WHERE account = ?",
                 {std::string_view(account)},
                 [](const store::Row& row) {
                   return Amount{.calls = row.integer(0), .bytes = row.integer(1)};
                 }))
      .value_or(Amount{});
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
  const Status reserved = write(call.account, {.calls = 1}, [&](store::Transaction& transaction) {
    return reserve(transaction, call, clock_.wall(), before);
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
  const auto bytes = static_cast<std::int64_t>(kept ? headers.size() + answer.body.size() : 0);
  const auto text = [&](const std::string& value) {
    return kept ? store::Parameter(std::string_view(value)) : store::Parameter(std::monostate{});
  };
  const Status done = write(call.account, {.bytes = bytes}, [&](store::Transaction& transaction) {
    return transaction.post(
        "UPDATE api_idempotency SET status = ?, headers = ?, body = ?, bytes = ?"
        " WHERE account = ? AND call_key = ?",
        {std::int64_t(answer.status), text(headers), text(answer.body), bytes,
         std::string_view(call.account), std::string_view(call.key)});
  });
  const std::lock_guard lock(mutex_);
  running_.erase({call.account, call.key});
  return done;
}

// Room is made an eighth at a time: rarely, and for many calls.
Status Idempotency::write(const std::string& account, Amount added,
                          const std::function<Status(store::Transaction&)>& work) {
  std::optional<Amount> held;
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = held_.find(account); known != held_.end()) held = known->second;
  }
  const auto room = [](std::int64_t most, std::int64_t more) {
    return std::max<std::int64_t>(0, most - std::max(most / 8, more));
  };
  const bool fits =
      held && held->calls + added.calls <= most_.calls && held->bytes + added.bytes <= most_.bytes;
  std::optional<Amount> left;
  TRY_STATUS(writer_.run([&](store::Transaction& transaction) -> Status {
    if (!fits)
      left = TRY(
          trim(transaction, account,
               {.calls = room(most_.calls, added.calls), .bytes = room(most_.bytes, added.bytes)}));
    return work(transaction);
  }));
  const std::lock_guard lock(mutex_);
  Amount& now = held_[account];
  if (left) now = *left;
  now.calls += added.calls;
  now.bytes += added.bytes;
  return {};
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
