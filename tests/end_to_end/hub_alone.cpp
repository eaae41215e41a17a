#include "end_to_end/hub_alone.h"

#include <sys/mount.h>

#include <csignal>
#include <fstream>

#include <boost/json.hpp>

namespace nocturn::testing {
namespace {

namespace fs = std::filesystem;

void write_configuration(const fs::path& folder, const std::string& more) {
  fs::create_directories(folder);
  std::ofstream out(folder / "cloud.yaml");
  out << "cloud: {name: Example, url: \"https://status.example.org\"}\n"
         "territories: {emea: {name: Europe, time_zone: Europe/Amsterdam}}\n"
         "data_centers: {ams1: {name: Amsterdam 1, territory: emea, role: primary}}\n"
         "products: {catalog: {name: Catalog}}\n"
         "instances:\n";
  for (int number = 0; number < 4; ++number) {
    out << "  catalog-" << number << ": {name: Catalog " << number
        << ", product: catalog, data_center: ams1, tenancy: multi, environment: production}\n";
  }
  out << more;
}

}  // namespace

HubAlone::HubAlone(Options options) : options_(std::move(options)) {
  fs::create_directories(disk());
  if (!options_.disk.empty()) {
    mounted_ = ::mount("tmpfs", disk().c_str(), "tmpfs", 0, ("size=" + options_.disk).c_str()) == 0;
  }
  write_configuration(folder_ / "config", options_.configuration);
}

HubAlone::~HubAlone() {
  if (hub_) hub_->kill();
  if (mounted_) ::umount2(disk().c_str(), MNT_DETACH);
}

bool HubAlone::start() {
  std::vector<std::string> arguments = {
      NOCTURN_PROGRAM,  "serve",         "--config", (folder_ / "config").string(),
      "--data",         data().string(), "--listen", options_.listen,
      "--check-answers"};
  if (!options_.store.empty()) {
    arguments.push_back("--store");
    arguments.push_back(options_.store);
  }
  arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
  auto started = ChildProcess::start({std::move(arguments), options_.environment});
  if (!started) return false;
  hub_ = std::move(*started);
  if (!hub_->wait_for_text("ready at ")) return false;
  const std::string said = hub_->output();
  const std::size_t from = said.find("http", said.find("ready at "));
  const std::size_t host = said.find("://", from) + 3;
  url_ = said.substr(from, said.find_first_of("/ \n", host) - from);
  return true;
}

void HubAlone::stop() { hub_->stop(); }
void HubAlone::kill() { hub_->kill(); }
void HubAlone::hang_up() { hub_->signal(SIGHUP); }
void HubAlone::freeze() { hub_->freeze(); }

std::optional<std::int64_t> HubAlone::declare(const std::string& instance,
                                              const std::string& because) {
  const std::string body = boost::json::serialize(boost::json::value{
      {"instance", instance}, {"indicator", "information"}, {"because", because}});
  const auto outcome = run_to_end(
      {{"curl", "-s", "-m", "5", "--unix-socket", (data() / "hub.sock").string(), "-H",
        "content-type: application/json", "-d", body, "http://hub/api/v1/status/declarations"}});
  if (!outcome || outcome->ending.exit_code != 0) return std::nullopt;
  boost::json::error_code error;
  const auto answer = boost::json::parse(outcome->output, error);
  if (error || !answer.is_object() || !answer.get_object().contains("entry")) return std::nullopt;
  return answer.at("entry").as_int64();
}

std::set<std::int64_t> HubAlone::missing(const std::set<std::int64_t>& numbers) {
  std::set<std::int64_t> left = numbers;
  if (left.empty()) return left;
  const auto listing =
      nocturn({"ledger", "entries", "--json", "--from", std::to_string(*numbers.begin()), "--limit",
               "9999", "--data", data().string()});
  boost::json::error_code error;
  const auto answer = boost::json::parse(listing.output, error);
  if (error) return left;
  for (const auto& entry : answer.at("entries").as_array())
    if (entry.at("type") == "status_page.declaration.made")
      left.erase(entry.at("index").as_int64());
  return left;
}

std::string HubAlone::get(const std::string& path) {
  const auto outcome = run_to_end({{"curl", "-sk", "-m", "5", "--noproxy", "*", url_ + path}});
  return outcome ? outcome->output : "";
}

Outcome HubAlone::nocturn(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), NOCTURN_PROGRAM);
  // An empty last argument stands for an option that is not given yet.
  if (arguments.back().empty()) arguments.resize(arguments.size() - 2);
  auto outcome = run_to_end({std::move(arguments)}, std::chrono::minutes(1));
  return outcome ? *outcome : Outcome{{}, "", outcome.error().text()};
}

std::string HubAlone::keep_checkpoint() {
  const fs::path kept = folder_ / "kept.checkpoint";
  fs::copy_file(data() / "ledger" / "checkpoint", kept, fs::copy_options::overwrite_existing);
  return kept.string();
}

void HubAlone::fill_disk() {
  std::ofstream out(disk() / "filler", std::ios::binary | std::ios::app);
  const std::string block(64 * 1024, 'x');
  while (out.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

void HubAlone::free_disk() { fs::remove(disk() / "filler"); }

}  // namespace nocturn::testing
