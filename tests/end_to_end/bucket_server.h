#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/port_range.h"
#include "support/temporary_folder.h"

namespace nocturn::testing {

// An S3-compatible store: OpenStack Swift, all of it on this machine, with one account, and s3cmd
// as another client of it.
class BucketServer {
 public:
  // Starts everything and makes the bucket; false when that takes too long.
  bool start(const std::string& bucket);

  std::string endpoint() const;
  static constexpr const char* kAccessKey = "test:tester";
  static constexpr const char* kSecretKey = "testing";
  // Downloads what lies below the prefix ("pages/") into a folder, and nothing else is there then.
  bool download(const std::string& prefix, const std::filesystem::path& folder) const;
  // s3cmd ARGUMENTS…: what it says.
  std::string s3cmd(std::vector<std::string> arguments) const;

 private:
  void configure_storage(const std::string& kind, int port);
  bool start_server(const std::string& kind, int port);

  TemporaryFolder folder_;
  PortRange ports_;
  std::string bucket_;
  std::vector<std::unique_ptr<ChildProcess>> servers_;
};

}  // namespace nocturn::testing
