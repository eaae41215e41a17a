#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "support/child_process.h"
#include "support/temporary_folder.h"

// Real library servers for tests of probes, from the sample cloud's templates (demo/servers):
// zebrasrv over the 24 MARC records, and yaz-ztest.
namespace nocturn::monitoring::test {

inline std::filesystem::path demo_folder() {
  namespace fs = std::filesystem;
  for (fs::path folder = fs::current_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    if (fs::exists(folder / "demo/prepare")) return folder / "demo";
  }
  return {};
}

// zebrasrv: Z39.50 and SRU on one port, database "library".
class ZebraServer {
 public:
  ZebraServer() {
    namespace fs = std::filesystem;
    const fs::path demo = demo_folder();
    run({(demo / "prepare").string(), (folder_ / "data").string()});
    fs::create_directory(folder_ / "records");
    fs::create_directory(folder_ / "register");
    fs::copy_file(folder_ / "data/sample.mrc", folder_ / "records/sample.mrc");
    for (const char* name : {"dom.xml", "index.xsl", "cql.properties"}) {
      fs::copy_file(demo / "servers" / name, folder_ / name);
    }
    fill("zebra.cfg", "{{zebra_modules}}", modules());
    run({"zebraidx", "-c", "zebra.cfg", "init"});
    run({"zebraidx", "-c", "zebra.cfg", "-d", "library", "update", "records"});
    start();
  }

  // A free port may be taken by the time the server wants it: try again with another.
  void start() {
    for (int attempt = 0; attempt < 5; ++attempt) {
      port_ = testing::free_port();
      fill("frontend.xml", "{{z3950}}", std::to_string(port_));
      auto server = testing::ChildProcess::start(
          {.arguments = {"zebrasrv", "-f", "frontend.xml"}, .folder = folder_.path()});
      ASSERT_TRUE(server) << server.error().text();
      process_ = std::move(*server);
      if (process_->wait_for_port(port_)) return;
    }
    FAIL() << "zebrasrv does not start: " << process_->errors();
  }

  // So little of the dictionary is left that no term is found, and nothing is reported.
  void break_index() { std::filesystem::resize_file(folder_ / "register/dict-0.mf", 1000); }

  std::string target(std::string_view database = "library") const {
    return fmt::format("127.0.0.1:{}/{}", port_, database);
  }
  std::string url(std::string_view database = "library") const {
    return "http://" + target(database);
  }
  testing::ChildProcess& process() { return *process_; }

 private:
  static std::string modules() {
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib")) {
      const auto path = entry.path() / "idzebra-2.0/modules";
      if (std::filesystem::exists(path)) return path;
    }
    return {};
  }
  void run(std::vector<std::string> arguments) {
    const auto ended =
        testing::run_to_end({.arguments = std::move(arguments), .folder = folder_.path()});
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->ending.exit_code, 0) << ended->errors;
  }
  void fill(const std::string& name, const std::string& mark, const std::string& value) {
    std::ifstream in(demo_folder() / "servers" / name);
    std::stringstream text;
    text << in.rdbuf();
    std::string filled = text.str();
    filled.replace(filled.find(mark), mark.size(), value);
    std::ofstream(folder_ / name) << filled;
  }

  testing::TemporaryFolder folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<testing::ChildProcess> process_;
};

// YAZ's test server: 24 built-in records, database "Default"; "Default?search-delay=2.5" answers
// late.
class ZtestServer {
 public:
  ZtestServer() {
    for (int attempt = 0; attempt < 5; ++attempt) {
      port_ = testing::free_port();
      auto server = testing::ChildProcess::start(
          {.arguments = {"yaz-ztest", fmt::format("tcp:127.0.0.1:{}", port_)}});
      if (!server) break;
      process_ = std::move(*server);
      if (process_->wait_for_port(port_)) return;
    }
    ADD_FAILURE() << "yaz-ztest does not start";
  }
  std::string target(std::string_view database = "Default") const {
    return fmt::format("127.0.0.1:{}/{}", port_, database);
  }
  testing::ChildProcess& process() { return *process_; }

 private:
  std::uint16_t port_ = 0;
  std::unique_ptr<testing::ChildProcess> process_;
};

}  // namespace nocturn::monitoring::test
