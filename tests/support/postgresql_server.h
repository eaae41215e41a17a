#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "support/child_process.h"
#include "support/temporary_folder.h"

// A PostgreSQL of the test's own: made in a temporary folder, listening on a port of 127.0.0.1
// and on a socket in `socket_folder()`, role `postgres` without password, flushes off, gone at
// the end. Runs as an unprivileged user when the test is root, since PostgreSQL refuses root.
namespace nocturn::testing {

class PostgresqlServer {
 public:
  // Takes one to two seconds.
  static Result<std::unique_ptr<PostgresqlServer>> start();
  ~PostgresqlServer();
  PostgresqlServer(const PostgresqlServer&) = delete;
  PostgresqlServer& operator=(const PostgresqlServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string socket_folder() const { return folder_.path().string(); }
  // "postgresql://postgres@127.0.0.1:PORT/NAME"
  std::string url(const std::string& database = "postgres") const;

  // Makes an empty database of a name never used before, and answers its url.
  Result<std::string> new_database();
  // Runs one statement in a database as role postgres.
  Status execute(const std::string& url, const std::string& sql);

  // Stops the server, so that every connection breaks; the data stays.
  void stop();
  // Starts the stopped server on the same port.
  Status start_again();
  // For SIGSTOP and the like.
  ChildProcess& process() { return *process_; }

 private:
  PostgresqlServer() = default;
  Status make_cluster();
  Status start_once();

  TemporaryFolder folder_;
  std::string user_;
  std::uint16_t port_ = 0;
  int databases_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace nocturn::testing
