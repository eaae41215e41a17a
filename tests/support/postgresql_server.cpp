#include "support/postgresql_server.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

namespace nocturn::testing {
namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

Result<Connection> connect(const std::string& url) {
  Connection connection(PQconnectdb(url.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return fail(ErrorCode::unavailable, "{}", PQerrorMessage(connection.get()));
  }
  return connection;
}

}  // namespace

Result<std::unique_ptr<PostgresqlServer>> PostgresqlServer::start() {
  std::unique_ptr<PostgresqlServer> server(new PostgresqlServer);
  TRY_STATUS(server->make_cluster());
  // Somebody may take the port between the choice and the start.
  Status started;
  for (int attempt = 0; attempt < 5; ++attempt) {
    server->port_ = free_port();
    if ((started = server->start_again())) return server;
  }
  return std::unexpected(started.error());
}

PostgresqlServer::~PostgresqlServer() {
  if (!process_) return;
  // "Immediate shutdown": ends its children, who have left the group, and saves nothing.
  process_->thaw();
  process_->signal(SIGQUIT);
  if (!process_->wait(std::chrono::seconds(5))) process_->kill();
}

Status PostgresqlServer::make_cluster() {
  if (::getuid() == 0) {
    user_ = ::getpwnam("postgres") != nullptr ? "postgres" : "nobody";
    const passwd* entry = ::getpwnam(user_.c_str());
    CHECK(entry != nullptr);
    CHECK(::chown(folder_.path().c_str(), entry->pw_uid, entry->pw_gid) == 0);
  }
  const Outcome made =
      TRY(run_to_end({.arguments = {std::string(kPrograms) + "initdb", "--no-sync", "--auth=trust",
                                    "--encoding=UTF8", "--locale=C", "--username=postgres",
                                    "--pgdata=" + (folder_ / "data").string()},
                      .folder = folder_.path(),
                      .user = user_},
                     std::chrono::seconds(60)));
  if (made.ending.exit_code != 0) {
    return fail(ErrorCode::unavailable, "initdb failed: {}", made.errors);
  }
  return {};
}

Status PostgresqlServer::start_once() {
  const std::string sockets = socket_folder();
  process_.reset();  // buried first: a server refuses to start while its lock file names a process
  process_ = TRY(ChildProcess::start(
      {.arguments = {std::string(kPrograms) + "postgres", "-D", (folder_ / "data").string(), "-h",
                     "127.0.0.1", "-p", std::to_string(port_), "-k", sockets, "-F", "-c",
                     "full_page_writes=off", "-c", "max_connections=120"},
       .folder = folder_.path(),
       .user = user_}));
  return process_->wait_for_text("database system is ready to accept connections",
                                 std::chrono::seconds(60));
}

Status PostgresqlServer::start_again() {
  // After a kill, the old server's children take a moment to notice; it refuses to start before.
  Status started;
  for (int attempt = 0; attempt < 50; ++attempt) {
    started = start_once();
    if (started || !process_->errors().contains("shared memory block")) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return started;
}

std::string PostgresqlServer::url(const std::string& database) const {
  return fmt::format("postgresql://postgres@127.0.0.1:{}/{}", port_, database);
}

Result<std::string> PostgresqlServer::new_database() {
  const std::string name = fmt::format("test{}", ++databases_);
  TRY_STATUS(execute(url(), "CREATE DATABASE " + name + " STRATEGY file_copy"));
  return url(name);
}

Status PostgresqlServer::execute(const std::string& url, const std::string& sql) {
  const Connection connection = TRY(connect(url));
  PGresult* result = PQexec(connection.get(), sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  return fail(ErrorCode::internal, "{}", PQerrorMessage(connection.get()));
}

void PostgresqlServer::stop() {
  process_->thaw();
  process_->signal(SIGINT);  // "fast shutdown": does not wait for clients
  if (!process_->wait(std::chrono::seconds(10))) process_->kill();
}

}  // namespace nocturn::testing
