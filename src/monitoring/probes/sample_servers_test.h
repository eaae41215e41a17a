#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "support/child_process.h"
#include "support/temporary_folder.h"
#include "support/text_file.h"

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
    auto started = testing::start_listener([this](std::uint16_t port) {
      fill("frontend.xml", "{{z3950}}", std::to_string(port));
      return testing::ChildProcess::Command{.arguments = {"zebrasrv", "-f", "frontend.xml"},
                                            .folder = folder_.path()};
    });
    EXPECT_TRUE(started) << started.error().text();
    if (started) server_ = *std::move(started);
  }

  // So little of the dictionary is left that no term is found, and nothing is reported.
  void break_index() { std::filesystem::resize_file(folder_ / "register/dict-0.mf", 1000); }

  std::string target(std::string_view database = "library") const {
    return fmt::format("127.0.0.1:{}/{}", server_.port, database);
  }
  std::string url(std::string_view database = "library") const {
    return "http://" + target(database);
  }
  testing::ChildProcess& process() { return *server_.process; }

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
    std::string filled = testing::text_of(demo_folder() / "servers" / name);
    filled.replace(filled.find(mark), mark.size(), value);
    std::ofstream(folder_ / name) << filled;
  }

  testing::TemporaryFolder folder_;
  testing::Listener server_;
};

// YAZ's test server: 24 built-in records, database "Default"; "Default?search-delay=2.5" answers
// late.
class ZtestServer {
 public:
  ZtestServer() {
    auto started = testing::start_listener([](std::uint16_t port) {
      return testing::ChildProcess::Command{
          .arguments = {"yaz-ztest", fmt::format("tcp:127.0.0.1:{}", port)}};
    });
    EXPECT_TRUE(started) << started.error().text();
    if (started) server_ = *std::move(started);
  }
  std::string target(std::string_view database = "Default") const {
    return fmt::format("127.0.0.1:{}/{}", server_.port, database);
  }
  testing::ChildProcess& process() { return *server_.process; }

 private:
  testing::Listener server_;
};

}  // namespace nocturn::monitoring::test
