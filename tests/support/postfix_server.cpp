#include "support/postfix_server.h"

#include "support/eventually.h"
#include "support/text_file.h"

#include <unistd.h>

#include <fstream>
#include <string_view>
#include <thread>

#include <fmt/format.h>

namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMaster = "/usr/lib/postfix/sbin/master";
constexpr int kMailOwner = 65534;  // nobody
constexpr Patience kStep{20};

// {0}: the folder.
constexpr const char* kMainConfiguration = R"(compatibility_level = 3.6
queue_directory = {0}/queue
data_directory = {0}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_protocols = ipv4
inet_interfaces = 127.0.0.1
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
maillog_file_prefixes = {0}
maillog_file = {0}/log
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = static:all
virtual_mailbox_base = {0}/mail
virtual_mailbox_maps = static:everybody/
virtual_uid_maps = static:{1}
virtual_gid_maps = static:{1}
virtual_mailbox_limit = 0
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
smtpd_peername_lookup = no
smtputf8_enable = yes
enable_long_queue_ids = yes
)";

// {0}: the port. Nothing is in a chroot, since nothing was put there.
constexpr const char* kServices = R"(127.0.0.1:{0} inet n - n - 100 smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
)";

// Files below a folder, which may change meanwhile; those with all of these permissions.
std::size_t files_below(const fs::path& folder, fs::perms wanted = fs::perms::none) {
  std::size_t count = 0;
  std::error_code ignored;
  for (auto entry = fs::recursive_directory_iterator(folder, ignored);
       entry != fs::recursive_directory_iterator(); entry.increment(ignored)) {
    const bool fits = (entry->status(ignored).permissions() & wanted) == wanted;
    if (entry->is_regular_file(ignored) && fits) ++count;
  }
  return count;
}

}  // namespace

bool PostfixServer::can_run() { return ::geteuid() == 0 && fs::exists(kMaster); }

Result<std::unique_ptr<PostfixServer>> PostfixServer::start(Options options) {
  if (!can_run()) return fail(ErrorCode::forbidden, "Postfix is started by root, and installed");
  std::unique_ptr<PostfixServer> server(new PostfixServer);
  TRY_STATUS(server->prepare(options));
  TRY_STATUS(server->start_again());
  return server;
}

PostfixServer::~PostfixServer() {
  if (process_) process_->kill();
}

Status PostfixServer::prepare(const Options& options) {
  port_ = static_cast<std::uint16_t>(ports_.first());
  fs::permissions(folder_.path(), fs::perms(0755));
  for (const char* name : {"conf", "queue", "data", "mail"}) fs::create_directory(folder_ / name);
  CHECK(::chown((folder_ / "mail").c_str(), kMailOwner, kMailOwner) == 0);
  std::ofstream main(folder_ / "conf/main.cf");
  main << fmt::format(fmt::runtime(kMainConfiguration), folder_.path().string(), kMailOwner);
  if (!options.certificate_file.empty()) {
    main
        << "smtpd_tls_security_level = may\nsmtpd_tls_received_header = yes\nsmtpd_tls_cert_file = "
        << options.certificate_file << "\nsmtpd_tls_key_file = " << options.key_file << "\n";
  }
  main.close();
  std::ofstream services(folder_ / "conf/master.cf");
  services << fmt::format(fmt::runtime(kServices), port_);
  if (!options.certificate_file.empty()) {
    services << fmt::format("127.0.0.1:{} inet n - n - 100 smtpd -o smtpd_tls_wrappermode=yes\n",
                            tls_port());
  }
  services.close();
  const Outcome owned =
      TRY(run_to_end({.arguments = {"chown", "postfix", (folder_ / "data").string()}}));
  if (owned.ending.exit_code != 0)
    return fail(ErrorCode::unavailable, "no user postfix: {}", owned.errors);
  const Outcome checked =
      TRY(run_to_end({.arguments = {"postfix", "-c", (folder_ / "conf").string(), "check"}}));
  if (checked.ending.exit_code != 0)
    return fail(ErrorCode::unavailable, "postfix check: {}{}", checked.errors, log());
  return {};
}

Status PostfixServer::start_again() {
  // Not "postfix start": its master would leave our process group and outlive the test.
  const std::string configuration = folder_ / "conf";
  process_ = TRY(ChildProcess::start({.arguments = {kMaster, "-c", configuration, "-d"},
                                      .environment = {{"MAIL_CONFIG", configuration}}}));
  const auto open = process_->wait_for_port(port_);
  if (!open) return fail(ErrorCode::unavailable, "{}: {}", open.error().text(), log());
  return {};
}

void PostfixServer::stop() {
  if (process_) process_->stop();
  wait_until_gone();
}

void PostfixServer::kill() {
  if (process_) process_->kill();
  wait_until_gone();
}

// Its children hold the port for a moment longer than their master lives.
void PostfixServer::wait_until_gone() {
  eventually([this] { return !process_ || !port_is_open(port_); });
  process_.reset();
}

std::vector<std::string> PostfixServer::mails() const {
  std::vector<std::string> all;
  std::error_code none_yet;
  for (const auto& entry : fs::directory_iterator(maildir() / "new", none_yet))
    all.push_back(text_of(entry.path()));
  return all;
}

std::size_t PostfixServer::mail_count() const { return files_below(maildir() / "new"); }

Status PostfixServer::wait_for_mails(std::size_t count, Patience patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (mail_count() < count) {
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorCode::timeout, "{} mails of {} were delivered; the log: {}", mail_count(),
                  count, log());
    }
    std::this_thread::sleep_for(kStep);
  }
  return {};
}

std::size_t PostfixServer::queued() const {
  std::size_t count = 0;
  // A mail becomes executable when it is whole; a kill leaves unfinished ones behind.
  for (const char* name : {"incoming", "active", "deferred"})
    count += files_below(folder_ / "queue" / name, fs::perms::owner_exec);
  return count;
}

std::string PostfixServer::log() const {
  const std::string all = text_of(folder_ / "log");
  return all.size() <= 3000 ? all : all.substr(all.size() - 3000);
}

}  // namespace nocturn::testing
