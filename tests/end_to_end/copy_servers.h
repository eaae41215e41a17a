#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "support/child_process.h"
#include "support/temporary_folder.h"

// Real servers that static copies are brought to and served by.
namespace nocturn::testing {

// OpenSSH's server; it lets in whoever runs the test, by the key that it made. Files of the client
// are `key` and `known_hosts` in its folder.
class SshServer {
 public:
  // `options`: more lines of sshd_config.
  explicit SshServer(const std::string& options = {});
  bool start();  // again after stop(), on the same port
  void stop();

  std::uint16_t port() const { return port_; }
  std::string account() const { return user_ + "@127.0.0.1"; }
  std::string key() const { return (folder_ / "key").string(); }
  std::string known_hosts() const { return (folder_ / "known_hosts").string(); }
  // What authorized_keys says of the key: "command=…,restrict".
  void restrict_key(const std::string& options);

 private:
  TemporaryFolder folder_;
  std::string user_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

// nginx over one folder, configured as docs/static-copy.md says.
class WebServer {
 public:
  explicit WebServer(const std::filesystem::path& root);
  bool start();
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Headers and body as curl prints them, after redirects; empty when nothing answers.
  std::string get(const std::string& path) const;

 private:
  TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace nocturn::testing
