#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"
#include "inventory/inventory.h"
#include "monitoring/probe.h"

namespace nocturn::cli {
namespace {

Result<int> check_folder(const Shared& shared, const std::filesystem::path& folder) {
  const inventory::Loaded loaded = inventory::load(folder, monitoring::probe_specs());
  if (shared.json) {
    JsonArray faults;
    for (const inventory::Fault& fault : loaded.faults) {
      faults.push_back({{"file", fault.place.file},
                        {"line", fault.place.line},
                        {"column", fault.place.column},
                        {"what", fault.what},
                        {"mend", fault.mend}});
    }
    fmt::print("{}\n", boost::json::serialize(Json{{"faults", faults}}));
    return loaded.faults.empty() ? 0 : 2;
  }
  for (const inventory::Fault& fault : loaded.faults) fmt::print(stderr, "{}\n", fault.text());
  if (!loaded.faults.empty()) {
    fmt::print(stderr, "nocturn: {} mistake{} in {}\n", loaded.faults.size(),
               loaded.faults.size() == 1 ? "" : "s", folder.string());
    return 2;
  }
  std::size_t checks = 0;
  for (const auto& [id, instance] : loaded.cloud->instances) checks += instance.checks.size();
  fmt::print("{} is right: {} instances, {} checks\n", folder.string(),
             loaded.cloud->instances.size(), checks);
  return 0;
}

int print_differences(const Shared& shared, const Json& answer, const char* none) {
  const JsonArray& differences = answer.as_object().at("differences").as_array();
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
  } else if (differences.empty()) {
    fmt::print("{}\n", none);
  } else {
    std::vector<std::vector<std::string>> cells;
    for (const Json& difference : differences)
      cells.push_back({text_of(difference, "kind"), text_of(difference, "object"),
                       text_of(difference, "before"), text_of(difference, "after")});
    fmt::print("{}", table({"CHANGE", "OBJECT", "BEFORE", "AFTER"}, cells));
  }
  return differences.empty() ? 0 : 1;
}

Result<int> diff(const Shared& shared, const std::filesystem::path& folder) {
  Json body = JsonObject{};
  if (!folder.empty())
    body.as_object()["folder"] = std::filesystem::absolute(folder).lexically_normal().string();
  const Json answer = TRY(call_hub(shared, "POST", "/api/v1/config/diff", body));
  return print_differences(shared, answer, "nothing differs from what is running");
}

Result<int> apply(const Shared& shared) {
  const Json answer = TRY(call_hub(shared, "POST", "/api/v1/config/apply", nullptr));
  print_differences(shared, answer, "nothing to apply: what runs is what is written");
  return 0;
}

}  // namespace

void add_config(CLI::App& app, Run& run, Shared& shared) {
  CLI::App* config = app.add_subcommand("config", "the cloud as text: check, compare, apply");
  config->require_subcommand(1);
  auto folder = std::make_shared<std::filesystem::path>();

  CLI::App* check = config->add_subcommand(
      "check", "every mistake at once: file:line:column, what, and what would be right");
  check->add_option("folder", *folder, "the configuration; default: here")->type_name("DIR");
  check->callback([&run, &shared, folder] {
    run = [&shared, folder] {
      return check_folder(shared, folder->empty() ? std::filesystem::path(".") : *folder);
    };
  });

  CLI::App* difference =
      config->add_subcommand("diff", "what would change in the running hub; exit status 1 if any");
  difference->add_option("folder", *folder, "default: the hub's own")->type_name("DIR");
  difference->callback(
      [&run, &shared, folder] { run = [&shared, folder] { return diff(shared, *folder); }; });

  config->add_subcommand("apply", "let the hub read its configuration again, now")
      ->callback([&run, &shared] { run = [&shared] { return apply(shared); }; });
  config->add_subcommand("schema", "JSON Schema of the configuration, for editors")
      ->callback([&run] {
        run = []() -> Result<int> {
          fmt::print("{}\n", inventory::schema(monitoring::probe_specs()));
          return 0;
        };
      });
  config->footer("examples:\n  nocturn config check ./config\n  nocturn config diff ./config");
}

}  // namespace nocturn::cli
