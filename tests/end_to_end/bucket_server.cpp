#include "end_to_end/bucket_server.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;

constexpr Patience kStart = std::chrono::seconds(60);

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

std::string own_name() {
  const passwd* self = ::getpwuid(::geteuid());
  return self == nullptr ? "nobody" : self->pw_name;
}

}  // namespace

std::string BucketServer::endpoint() const {
  return fmt::format("http://127.0.0.1:{}", ports_.first());
}

// A ring of one device with one copy of everything.
void BucketServer::configure_storage(const std::string& kind, int port) {
  const std::string builder = folder_ / (kind + ".builder");
  for (const std::vector<std::string>& step :
       {std::vector<std::string>{"create", "4", "1", "1"},
        std::vector<std::string>{"add", fmt::format("r1z1-127.0.0.1:{}/d1", port), "1"},
        std::vector<std::string>{"rebalance"}}) {
    std::vector<std::string> command = {"swift-ring-builder", builder};
    command.insert(command.end(), step.begin(), step.end());
    (void)run_to_end({.arguments = std::move(command)}, kStart);
  }
  write(folder_ / (kind + ".conf"),
        fmt::format("[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {0}\nswift_dir = {1}\n"
                    "devices = {1}/devices\nmount_check = false\nuser = {2}\nworkers = 0\n"
                    "[pipeline:main]\npipeline = {3}-server\n"
                    "[app:{3}-server]\nuse = egg:swift#{3}\n",
                    port, folder_.path().string(), own_name(), kind));
}

bool BucketServer::start_server(const std::string& kind, int port) {
  auto started =
      ChildProcess::start({.arguments = {"swift-" + kind + "-server", folder_ / (kind + ".conf")}});
  if (!started) return false;
  servers_.push_back(std::move(*started));
  return servers_.back()->wait_for_port(static_cast<std::uint16_t>(port), kStart).has_value();
}

bool BucketServer::start(const std::string& bucket) {
  bucket_ = bucket;
  fs::create_directories(folder_ / "devices" / "d1");
  int port = ports_.first();
  for (const char* kind : {"account", "container", "object"}) {
    configure_storage(kind, ++port);
    if (!start_server(kind, port)) return false;
  }
  write(folder_ / "proxy.conf",
        fmt::format("[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {}\nswift_dir = {}\nuser = {}\n"
                    "workers = 0\n[pipeline:main]\n"
                    "pipeline = catch_errors cache s3api tempauth proxy-server\n"
                    "[filter:catch_errors]\nuse = egg:swift#catch_errors\n"
                    "[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:1\n"
                    "[filter:s3api]\nuse = egg:swift#s3api\nlocation = us-east-1\n"
                    "[filter:tempauth]\nuse = egg:swift#tempauth\n"
                    "user_test_tester = {} .admin\n"
                    "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n",
                    ports_.first(), folder_.path().string(), own_name(), kSecretKey));
  if (!start_server("proxy", ports_.first())) return false;
  write(folder_ / "s3cfg",
        fmt::format("[default]\naccess_key = {0}\nsecret_key = {1}\nhost_base = 127.0.0.1:{2}\n"
                    "host_bucket = 127.0.0.1:{2}\nuse_https = False\n",
                    kAccessKey, kSecretKey, ports_.first()));
  for (int tries = 0; tries < 30; ++tries) {
    if (s3cmd({"mb", "s3://" + bucket}).contains("created")) return true;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  return false;
}

std::string BucketServer::s3cmd(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"s3cmd", "-c", folder_ / "s3cfg"});
  const auto outcome = run_to_end({.arguments = std::move(arguments)}, kStart);
  return outcome ? outcome->output + outcome->errors : "";
}

bool BucketServer::download(const std::string& prefix, const fs::path& folder) const {
  fs::remove_all(folder);
  fs::create_directories(folder);
  const std::string said = s3cmd(
      {"get", "--recursive", fmt::format("s3://{}/{}", bucket_, prefix), folder.string() + "/"});
  return !said.contains("ERROR");
}

}  // namespace nocturn::testing
