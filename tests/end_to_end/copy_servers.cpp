#include "end_to_end/copy_servers.h"

#include "support/text_file.h"

#include <pwd.h>
#include <unistd.h>

#include <fstream>

#include <fmt/format.h>

namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

}  // namespace

SshServer::SshServer(const std::string& options) : port_(free_port()) {
  const passwd* self = ::getpwuid(::geteuid());
  user_ = self == nullptr ? "nobody" : self->pw_name;
  std::error_code ignored;
  fs::create_directories("/run/sshd", ignored);  // sshd insists
  for (const char* key : {"host_key", "key"})
    (void)run_to_end(
        {.arguments = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder_ / key}});
  write(folder_ / "known_hosts",
        fmt::format("[127.0.0.1]:{} {}", port_, text_of(folder_ / "host_key.pub")));
  restrict_key("");
  write(folder_ / "sshd_config",
        fmt::format("Port {}\nListenAddress 127.0.0.1\nPidFile none\nUsePAM no\nStrictModes no\n"
                    "PermitRootLogin prohibit-password\nPasswordAuthentication no\n"
                    "HostKey {}\nAuthorizedKeysFile {}\nSubsystem sftp internal-sftp\n{}",
                    port_, (folder_ / "host_key").string(), (folder_ / "authorized").string(),
                    options));
}

void SshServer::restrict_key(const std::string& options) {
  write(folder_ / "authorized",
        options + (options.empty() ? "" : " ") + text_of(folder_ / "key.pub"));
}

bool SshServer::start() {
  auto started = ChildProcess::start(
      {.arguments = {"/usr/sbin/sshd", "-D", "-e", "-f", folder_ / "sshd_config"}});
  if (!started) return false;
  process_ = std::move(*started);
  return process_->wait_for_port(port_).has_value();
}

void SshServer::stop() { process_.reset(); }

WebServer::WebServer(const fs::path& root) : port_(free_port()) {
  write(folder_ / "nginx.conf", fmt::format(R"(
daemon off; pid {0}/pid; error_log stderr; worker_processes 1;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi;
  uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
  server {{
    listen 127.0.0.1:{1};
    root {2};
    index index.html;
    charset utf-8;
    absolute_redirect off;
    types {{
      text/html html;  text/javascript js;  application/json json;  image/svg+xml svg;
      application/atom+xml atom;  application/rss+xml rss;  text/calendar ics;
    }}
    charset_types text/html text/javascript application/atom+xml application/rss+xml text/calendar;
    add_header Cache-Control no-cache;
    add_header X-Content-Type-Options nosniff;
    location /api/ {{ add_header Access-Control-Allow-Origin *; }}
  }}
}}
)",
                                            folder_.path().string(), port_, root.string()));
}

bool WebServer::start() {
  fs::permissions(folder_.path(), fs::perms(0755));
  auto started = ChildProcess::start(
      {.arguments = {"/usr/sbin/nginx", "-e", "stderr", "-c", folder_ / "nginx.conf"}});
  if (!started) return false;
  process_ = std::move(*started);
  return process_->wait_for_port(port_).has_value();
}

std::string WebServer::get(const std::string& path) const {
  const auto outcome =
      run_to_end({{"curl", "-s", "-i", "-L", "-m", "5", "--noproxy", "*", url() + path}});
  return outcome ? outcome->output : "";
}

}  // namespace nocturn::testing
