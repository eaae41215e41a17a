#pragma once

#include <filesystem>
#include <string>

#include "app/demo/process.h"
#include "app/demo/servers.h"
#include "app/demo/template_files.h"
#include "base/result.h"

// How each kind of server is laid out in its folder and started. Laying out is done once; a
// folder that was finished before is taken as it is, so that a second start takes no time.
namespace nocturn::app::demo {

// One server's place in the sample cloud.
struct Place {
  ServerKind kind;
  std::filesystem::path resources;  // the repository's demo/ folder
  std::filesystem::path data;       // what demo/prepare made: records, certificates, keys
  std::filesystem::path folder;     // the server's own
  std::filesystem::path maildir;    // of an SMTP server
  std::filesystem::path log;
  Values values;  // ports by name, "data", "status_copy"
};

// In the folder of an `app`: where it listens once it is there.
inline constexpr std::string_view kAppSocket = "app.socket";

// Makes the folder ready: configuration from templates, index built, database created.
Status lay_out(const Place& place);
Command start_command(const Place& place);
// What asks that kind of server to end.
int stop_signal(ServerKind kind);

// The index files whose truncation makes a search find nothing and say nothing; none: not a
// search server.
std::filesystem::path index_file(const Place& place);
std::size_t broken_index_size(ServerKind kind);
// Builds the index of that server anew.
Status rebuild_index(const Place& place);

}  // namespace nocturn::app::demo
