#include "end_to_end/watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>

#include "support/eventually.h"
#include "support/text_file.h"

namespace nocturn::testing {

Watch::Watch(std::vector<std::string> prefix) : prefix_(std::move(prefix)) {}

Watch::~Watch() {
  if (hub_) hub_->stop();
  nocturn({"demo", "down", "--dir", folder().string()});
}

std::vector<std::string> Watch::with_prefix(std::vector<std::string> command) const {
  std::vector<std::string> all = prefix_;
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

void Watch::start_servers() {
  int exit = -1;
  const std::string said = nocturn(
      {"demo", "up", "--dir", folder().string(), "--base-port", std::to_string(ports_.first())},
      &exit);
  ASSERT_EQ(exit, 0) << said;
  // The sample's rhythm is for people; a test wants to see each change within seconds.
  for (const auto& file : std::filesystem::directory_iterator(config())) {
    const std::string text = std::regex_replace(text_of(file.path()), std::regex("every: [0-9]+s"),
                                                "every: 3s, timeout: 2900ms");
    // Block mappings take no comma: the second key goes on a line of its own.
    std::ofstream(file.path()) << std::regex_replace(
        text, std::regex("\n( *)every: 3s, timeout: 2900ms"), "\n$1every: 3s\n$1timeout: 2900ms");
  }
}

void Watch::start_hub() {
  auto started =
      ChildProcess::start({with_prefix({NOCTURN_PROGRAM, "serve", "--config", config().string(),
                                        "--data", data().string(), "--listen", "127.0.0.1:0"})});
  ASSERT_TRUE(started) << started.error().text();
  hub_ = std::move(*started);
  const auto ready = hub_->wait_for_text("ready at ");
  ASSERT_TRUE(ready) << ready.error().text() << hub_->errors();
  std::smatch match;
  const std::string said = hub_->output() + hub_->errors();
  ASSERT_TRUE(std::regex_search(said, match, std::regex("ready at (http://[0-9.:]+)"))) << said;
  url_ = match[1];
  // The sample cloud watches the copy of its page, which takes a moment where everything is slow.
  const std::filesystem::path copy = folder() / "status-copy/current/status.json";
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(copy); })) << hub_->errors();
}

std::string Watch::nocturn(std::vector<std::string> arguments, int* exit) {
  arguments.insert(arguments.begin(), NOCTURN_PROGRAM);
  const auto outcome = run_to_end({with_prefix(std::move(arguments))}, std::chrono::minutes(2));
  if (!outcome) return outcome.error().text();
  if (exit != nullptr) *exit = outcome->ending.exit_code;
  return outcome->output + outcome->errors;
}

std::string Watch::demo(const std::string& verb, const std::string& instance) {
  int exit = -1;
  const std::string said = nocturn({"demo", verb, instance, "--dir", folder().string()}, &exit);
  EXPECT_EQ(exit, 0) << said;
  return said;
}

std::string Watch::get(const std::string& path) {
  const auto outcome =
      run_to_end({with_prefix({"curl", "-s", "-m", "2", "--noproxy", "*", url_ + path})});
  return outcome ? outcome->output : "";
}

boost::json::value Watch::get_json(const std::string& path) {
  boost::json::error_code error;
  return boost::json::parse(get(path), error);
}

std::string Watch::component(const std::string& instance) {
  const auto answer = get_json("/api/v2/components.json");
  if (!answer.is_object()) return "";
  for (const auto& component : answer.at("components").as_array())
    if (component.at("id") == boost::json::string_view(instance))
      return std::string(component.at("status").as_string());
  return "";
}

std::vector<std::string> Watch::troubled() {
  std::vector<std::string> found;
  const auto answer = get_json("/api/v2/components.json");
  if (!answer.is_object()) return {"no answer"};
  for (const auto& component : answer.at("components").as_array()) {
    const auto* group = component.as_object().if_contains("group");
    if (group != nullptr && group->is_bool() && group->get_bool()) continue;
    if (component.at("status") != "operational")
      found.push_back(std::string(component.at("id").as_string()) + " " +
                      std::string(component.at("status").as_string()));
  }
  return found;
}

bool Watch::wait_for(const std::string& instance, const std::vector<std::string>& statuses) {
  return eventually([&] { return std::ranges::count(statuses, component(instance)) > 0; });
}

bool Watch::wait_until_all_operational() {
  return eventually([&] {
    const auto summary = get_json("/api/v2/status.json");
    return summary.is_object() && troubled().empty();
  });
}

}  // namespace nocturn::testing
