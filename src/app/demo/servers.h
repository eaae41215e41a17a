#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

// Which servers the sample cloud is made of and on which ports they listen. The table is the one
// place that knows; demo/cloud/*.yaml names ports only as {{instance.port}}.
namespace nocturn::app::demo {

// `app` is the search program behind `web` (nginx); all others are reached by clients directly.
// `copy` is an nginx that serves the static copy of the status page.
enum class ServerKind { app, web, zebra, ztest, postgresql, ssh, smtp, copy };

// "web": the name of the server's folder, log and pid file.
std::string_view name_of(ServerKind kind);
// The ports of that kind by name, for example {"http", "https"}; `app` has none.
std::span<const std::string_view> ports_of(ServerKind kind);

struct SampleInstance {
  std::string_view name;
  std::vector<ServerKind> servers;  // in the order of starting
};

// Every instance of the sample cloud; last what the hub itself needs to be heard: the mail server
// that takes its letters, and the web server of the page's copy.
std::span<const SampleInstance> sample_instances();
const SampleInstance* find_sample_instance(std::string_view name);

inline constexpr std::string_view kMailbox = "mailbox";
inline constexpr std::string_view kStatusCopy = "status-copy";
inline constexpr int kDefaultBasePort = 21000;
inline constexpr int kPortsPerInstance = 10;

// The port `port_name` ("http", "z3950", …) of an instance: a block of ten per instance, in the
// order of the table. The names must be of the table.
int port_of(int base_port, std::string_view instance, std::string_view port_name);
// All ports of the sample cloud lie in [base_port, base_port + ports_used()).
int ports_used();

}  // namespace nocturn::app::demo
