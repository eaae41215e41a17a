#include "app/demo/recipes.h"

#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace nocturn::app::demo {
namespace {

namespace fs = std::filesystem;

constexpr auto kPython = "/usr/bin/python3";
constexpr auto kPostgresql = "/usr/lib/postgresql/15/bin/";
constexpr Micros kStepLimit = std::chrono::seconds(60);

bool is_root() { return ::geteuid() == 0; }

Status run(const Place& place, std::vector<std::string> arguments,
           std::optional<Account> account = std::nullopt, const fs::path& folder = {},
           fs::path input = "/dev/null") {
  return run_to_end({.arguments = std::move(arguments),
                     .folder = folder.empty() ? place.folder : folder,
                     .input = std::move(input),
                     .log = place.log,
                     .account = account},
                    kStepLimit);
}

Status copy_into(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, failed);
  if (failed) return fail(ErrorCode::unavailable, "cannot copy to {}", to.string());
  return {};
}

Status lay_out_nginx(const Place& place, std::string_view configuration) {
  for (const char* name : {"temp/body", "temp/proxy", "temp/fastcgi", "temp/uwsgi", "temp/scgi"}) {
    std::error_code failed;
    fs::create_directories(place.folder / name, failed);
  }
  Values values = place.values;
  values["nginx_user"] = is_root() ? "user root;" : "";
  return write_filled(place.resources / "servers" / configuration, place.folder / "nginx.conf",
                      values);
}

// Debian keeps the modules in the multi-arch folder; Zebra only warns when they are not found,
// and then indexes nothing.
Result<fs::path> zebra_modules() {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/usr/lib", failed)) {
    const fs::path modules = entry.path() / "idzebra-2.0/modules";
    if (fs::exists(modules / "mod-dom.so", failed)) return modules;
  }
  return fail(ErrorCode::unavailable, "zebra's modules are missing; install idzebra-2.0");
}

Status lay_out_zebra(const Place& place) {
  std::error_code failed;
  fs::create_directories(place.folder / "records", failed);
  const fs::path servers = place.resources / "servers";
  for (const char* name : {"dom.xml", "index.xsl", "cql.properties"}) {
    TRY_STATUS(copy_into(servers / name, place.folder / name));
  }
  TRY_STATUS(copy_into(place.data / "sample.mrc", place.folder / "records/sample.mrc"));
  Values values = place.values;
  values["zebra_modules"] = TRY(zebra_modules()).string();
  TRY_STATUS(write_filled(servers / "zebra.cfg", place.folder / "zebra.cfg", values));
  TRY_STATUS(write_filled(servers / "frontend.xml", place.folder / "frontend.xml", values));
  if (fs::exists(place.folder / "register/dict-0.mf", failed)) return {};
  return rebuild_index(place);
}

// PostgreSQL refuses to run as root; Debian's package brings an account for it.
std::optional<Account> database_account() {
  if (!is_root()) return std::nullopt;
  const passwd* entry = ::getpwnam("postgres");
  if (entry == nullptr) return Account{65534, 65534};
  return Account{entry->pw_uid, entry->pw_gid};
}

// Whether another account can get to the folder's content.
bool others_may_enter(const fs::path& folder) {
  std::error_code failed;
  for (fs::path step = fs::absolute(folder, failed); step.has_relative_path();
       step = step.parent_path()) {
    const auto mode = fs::status(step, failed).permissions();
    if ((mode & fs::perms::others_exec) == fs::perms::none) return false;
  }
  return true;
}

constexpr const char* kElsewhere = "/var/tmp";
constexpr std::string_view kElsewhereName = "nocturn-sample-";
constexpr const char* kBelongsTo = "sample-of";  // file in such a cluster: the folder it belongs to

// Beside the server's other files; elsewhere only when root keeps others out of there.
fs::path cluster_folder(const Place& place) {
  if (!is_root() || others_may_enter(place.folder)) return place.folder / "cluster";
  const std::size_t name = std::hash<std::string>{}(place.folder.string());
  return fs::path(kElsewhere) / fmt::format("{}{:016x}", kElsewhereName, name);
}

// Whoever removes a sample cloud's folder does not know of a cluster elsewhere.
void sweep_abandoned_clusters(const Account& owner) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(kElsewhere, failed)) {
    if (!entry.path().filename().string().starts_with(kElsewhereName)) continue;
    struct stat status{};
    const bool ours = ::lstat(entry.path().c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
                      status.st_uid == owner.user;
    std::ifstream file(entry.path() / kBelongsTo);
    std::string folder;
    if (ours && std::getline(file, folder) && !fs::exists(folder, failed))
      fs::remove_all(entry.path(), failed);
  }
}

// PostgreSQL wants a key that its account alone can read.
Status give_certificate(const Place& place, const fs::path& cluster,
                        std::optional<Account> account) {
  for (const char* name : {"tls.pem", "tls.key"}) {
    const fs::path copy = cluster / name;
    TRY_STATUS(copy_into(place.data / name, copy));
    std::error_code failed;
    fs::permissions(copy, fs::perms::owner_read, failed);
    if (account && ::chown(copy.c_str(), account->user, account->group) != 0) {
      return fail(ErrorCode::forbidden, "cannot give {} to postgres", copy.string());
    }
  }
  return {};
}

// The records go in by PostgreSQL's single-user mode: nothing listens before it is complete.
Status fill_cluster(const Place& place, const fs::path& cluster, std::optional<Account> account) {
  const fs::path statements = cluster / "sample.sql";
  TRY_STATUS(run_to_end({.arguments = {kPython, place.resources / "servers/search_app.py", "sql",
                                       place.data / "sample.mrc", place.data / "watch_password"},
                         .folder = place.folder,
                         .log = statements,
                         .account = std::nullopt},
                        kStepLimit));
  TRY_STATUS(run(
      place, {std::string(kPostgresql) + "postgres", "--single", "-j", "-D", cluster, "postgres"},
      account, cluster, statements));
  std::error_code failed;
  fs::remove(statements, failed);
  return {};
}

Status lay_out_postgresql(const Place& place) {
  std::error_code failed;
  const fs::path cluster = cluster_folder(place);
  const auto account = database_account();
  const fs::path finished = place.folder / "finished";
  if (!fs::exists(finished, failed)) {
    fs::remove_all(cluster, failed);
    fs::create_directories(cluster, failed);
    fs::permissions(cluster, fs::perms::owner_all, failed);
    if (account && ::chown(cluster.c_str(), account->user, account->group) != 0) {
      return fail(ErrorCode::forbidden, "cannot give {} to postgres", cluster.string());
    }
    TRY_STATUS(run(place,
                   {std::string(kPostgresql) + "initdb", "-D", cluster, "-U", "owner", "-A",
                    "reject", "--no-sync", "-E", "UTF8", "--locale", "C", "--no-instructions"},
                   account, cluster));
    TRY_STATUS(fill_cluster(place, cluster, account));
    TRY_STATUS(write_text(cluster / kBelongsTo, place.folder.string() + "\n"));
    if (account) sweep_abandoned_clusters(*account);
    TRY_STATUS(write_text(finished, "\n"));
  }
  TRY_STATUS(give_certificate(place, cluster, account));
  TRY_STATUS(
      write_text(cluster / "pg_hba.conf", "hostssl postgres watch 127.0.0.1/32 scram-sha-256\n"));
  return write_filled(place.resources / "servers/postgresql.conf", cluster / "postgresql.conf",
                      place.values);
}

Status lay_out_ssh(const Place& place) {
  std::error_code failed;
  // sshd started by root insists on this empty folder; Debian's service makes it, too.
  if (is_root()) fs::create_directories("/run/sshd", failed);
  return write_filled(place.resources / "servers/sshd_config", place.folder / "sshd_config",
                      place.values);
}

}  // namespace

Status rebuild_index(const Place& place) {
  std::error_code failed;
  if (place.kind == ServerKind::app) {
    return run(place, {kPython, place.resources / "servers/search_app.py", "index",
                       place.data / "sample.mrc", place.folder / "index.tsv"});
  }
  fs::remove_all(place.folder / "register", failed);
  fs::create_directories(place.folder / "register", failed);
  TRY_STATUS(run(place, {"/usr/bin/zebraidx", "-c", "zebra.cfg", "init"}));
  return run(place, {"/usr/bin/zebraidx", "-c", "zebra.cfg", "-d", "library", "update", "records"});
}

Status lay_out(const Place& place) {
  std::error_code failed;
  fs::create_directories(place.folder, failed);
  if (failed) return fail(ErrorCode::unavailable, "cannot make {}", place.folder.string());
  switch (place.kind) {
    case ServerKind::app:
      TRY_STATUS(copy_into(place.data / "sample.mrc", place.folder / "records.mrc"));
      return fs::exists(place.folder / "index.tsv", failed) ? Status{} : rebuild_index(place);
    case ServerKind::web: return lay_out_nginx(place, "nginx.conf");
    case ServerKind::copy: return lay_out_nginx(place, "copy.conf");
    case ServerKind::zebra: return lay_out_zebra(place);
    case ServerKind::postgresql: return lay_out_postgresql(place);
    case ServerKind::ssh: return lay_out_ssh(place);
    case ServerKind::ztest:
    case ServerKind::smtp: return {};
  }
  return {};
}

Command start_command(const Place& place) {
  const auto port = [&](std::string_view name) { return place.values.find(name)->second; };
  Command command{.arguments = {}, .folder = place.folder, .log = place.log, .account = {}};
  switch (place.kind) {
    case ServerKind::app:
      command.arguments = {kPython, place.resources / "servers/search_app.py", "serve",
                           place.folder};
      break;
    case ServerKind::web:
    case ServerKind::copy:
      command.arguments = {"/usr/sbin/nginx",           "-p", place.folder, "-c",
                           place.folder / "nginx.conf", "-e", "error.log"};
      break;
    case ServerKind::zebra: command.arguments = {"/usr/bin/zebrasrv", "-f", "frontend.xml"}; break;
    case ServerKind::ztest:
      command.arguments = {"/usr/bin/yaz-ztest", "tcp:127.0.0.1:" + port("ztest")};
      break;
    case ServerKind::postgresql: {
      const fs::path cluster = cluster_folder(place);
      command.arguments = {std::string(kPostgresql) + "postgres", "-D", cluster};
      command.folder = cluster;
      command.account = database_account();
      break;
    }
    case ServerKind::ssh:
      command.arguments = {"/usr/sbin/sshd", "-D", "-e", "-f", place.folder / "sshd_config"};
      break;
    case ServerKind::smtp:
      command.arguments = {kPython,
                           "-m",
                           "aiosmtpd",
                           "--nosetuid",
                           "--no-requiretls",
                           "--tlscert",
                           place.data / "tls.pem",
                           "--tlskey",
                           place.data / "tls.key",
                           "--listen",
                           "127.0.0.1:" + port("smtp"),
                           "--class",
                           "aiosmtpd.handlers.Mailbox",
                           place.maildir};
      break;
  }
  return command;
}

int stop_signal(ServerKind kind) {
  return kind == ServerKind::postgresql ? SIGINT : SIGTERM;  // PostgreSQL's fast shutdown
}

fs::path index_file(const Place& place) {
  if (place.kind == ServerKind::app) return place.folder / "index.tsv";
  if (place.kind == ServerKind::zebra) return place.folder / "register/dict-0.mf";
  return {};
}

// Measured: so little of it is left that the canary word is not found, and the server goes on.
std::size_t broken_index_size(ServerKind kind) { return kind == ServerKind::app ? 200 : 1000; }

}  // namespace nocturn::app::demo
