#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"
#include "monitoring/probe.h"

namespace nocturn::cli {
namespace {

Result<int> list_checks(const Shared& shared) {
  const Json answer = TRY(call_hub(shared, "GET", "/api/v1/checks", nullptr));
  const JsonArray& checks = answer.as_object().at("checks").as_array();
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return 0;
  }
  if (checks.empty()) {
    fmt::print("no check yet; give an instance checks: in the configuration\n");
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& check : checks) {
    cells.push_back({text_of(check, "verdict"), text_of(check, "id"), text_of(check, "kind"),
                     text_of(check, "layer"), time_of(check, "probed_at", shared.utc),
                     milliseconds_of(check, "took_us"), text_of(check, "reason")});
  }
  fmt::print("{}", table({"VERDICT", "CHECK", "KIND", "LAYER", "PROBED", "TOOK", "REASON"}, cells));
  return 0;
}

Result<int> run_check(const Shared& shared, const std::string& check) {
  const Json answer =
      TRY(named_right(call_hub(shared, "POST", "/api/v1/checks/run", {{"check", check}}),
                      "nocturn check list tells them, as INSTANCE/CHECK"));
  const std::string outcome = text_of(answer, "outcome");
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return outcome == "passed" ? 0 : 1;
  }
  fmt::print("{}: {}", check, outcome);
  if (const std::string reason = text_of(answer, "reason"); !reason.empty())
    fmt::print(" ({})", reason);
  fmt::print("\n  address     {}\n", text_of(answer, "address"));
  for (const std::string_view phase : {"resolve", "connect", "tls", "first_byte", "transfer"})
    fmt::print("  {:<11} {}\n", phase,
               milliseconds_of(answer.as_object().at("phases"), fmt::format("{}_us", phase)));
  fmt::print("  {:<11} {}\n", "total", milliseconds_of(answer, "took_us"));
  for (const Json& metric : answer.as_object().at("metrics").as_array())
    fmt::print("  {:<11} {}{}\n", text_of(metric, "name"), text_of(metric, "value"),
               text_of(metric, "unit"));
  for (const Json& line : answer.as_object().at("transcript").as_array())
    fmt::print("  | {}\n", std::string_view(line.as_string()));
  return outcome == "passed" ? 0 : 1;
}

JsonObject short_kind(const monitoring::ProbeKind& kind) {
  return {{"name", kind.spec.name},
          {"sentence", kind.spec.sentence},
          {"layer", kind.spec.default_layer},
          {"example", kind.spec.example}};
}

Result<int> list_kinds(const Shared& shared) {
  if (shared.json) {
    JsonArray kinds;
    for (const monitoring::ProbeKind& kind : monitoring::probe_kinds())
      kinds.push_back(short_kind(kind));
    fmt::print("{}\n", boost::json::serialize(Json{{"kinds", kinds}}));
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  for (const monitoring::ProbeKind& kind : monitoring::probe_kinds())
    cells.push_back({std::string(kind.spec.name), std::string(kind.spec.sentence)});
  fmt::print("{}\nnocturn check kind NAME shows the options of one.\n",
             table({"KIND", "WHAT PASSING MEANS"}, cells));
  return 0;
}

void option_cells(std::string_view before, std::span<const inventory::OptionSpec> options,
                  std::vector<std::vector<std::string>>& cells) {
  for (const inventory::OptionSpec& option : options) {
    const std::string name = std::string(before) + std::string(option.name);
    cells.push_back({name, option.required ? "required" : std::string(option.default_text),
                     std::string(option.sentence)});
    option_cells(name + ".", option.section, cells);
  }
}

JsonArray option_objects(std::span<const inventory::OptionSpec> options) {
  JsonArray all;
  for (const inventory::OptionSpec& option : options) {
    JsonObject object{{"name", option.name},
                      {"required", option.required},
                      {"default", option.default_text},
                      {"sentence", option.sentence}};
    if (!option.section.empty()) object["options"] = option_objects(option.section);
    all.push_back(std::move(object));
  }
  return all;
}

Result<int> show_kind(const Shared& shared, const std::string& name) {
  const monitoring::ProbeKind* kind = monitoring::find_probe_kind(name);
  if (kind == nullptr)
    return fail(ErrorCode::invalid, "no kind of check is called {}; see nocturn check kinds", name);
  if (shared.json) {
    JsonObject told = short_kind(*kind);
    told["options"] = option_objects(kind->spec.options);
    fmt::print("{}\n", boost::json::serialize(told));
    return 0;
  }
  std::vector<std::vector<std::string>> cells;
  option_cells("", kind->spec.options, cells);
  fmt::print("{}: {}\nlayer {} unless said otherwise\n\n{}\nexample:\n  {}\n", name,
             kind->spec.sentence, kind->spec.default_layer,
             table({"OPTION", "DEFAULT", "WHAT IT DOES"}, cells), kind->spec.example);
  return 0;
}

void print_options(std::string_view before, std::span<const inventory::OptionSpec> options) {
  for (const inventory::OptionSpec& option : options) {
    const std::string name = std::string(before) + std::string(option.name);
    fmt::print("| `{}` | {} | {} |\n", name,
               option.required               ? "required"
               : option.default_text.empty() ? ""
                                             : fmt::format("`{}`", option.default_text),
               option.sentence);
    print_options(name + ".", option.section);
  }
}

// docs/checks.md as it stands in the repository; a test holds the two against each other.
Result<int> print_handbook() {
  fmt::print(
      "# Kinds of checks\n\n"
      "Written by `nocturn check kinds --markdown` from the declarations of the probes; a test\n"
      "compares. How checks stand in the configuration: [configuration.md](configuration.md).\n");
  for (const monitoring::ProbeKind& kind : monitoring::probe_kinds()) {
    fmt::print("\n## {}\n\n{}\n\nLayer `{}` unless said otherwise.\n\n```\n{}\n```\n\n",
               kind.spec.name, kind.spec.sentence, kind.spec.default_layer, kind.spec.example);
    fmt::print("| option | default | what it does |\n|---|---|---|\n");
    print_options("", kind.spec.options);
  }
  return 0;
}

}  // namespace

void add_check(CLI::App& app, Run& run, Shared& shared) {
  CLI::App* check = app.add_subcommand("check", "checks: list them, run one now, learn the kinds");
  // `nocturn check catalog-eu01/z3950` is short for `nocturn check run …`.
  auto id = std::make_shared<std::string>();
  check->require_subcommand(0, 1);
  check->add_option("check", *id, "the check to run now: INSTANCE/CHECK");
  check->callback([&run, &shared, id, check] {
    if (!check->get_subcommands().empty()) return;
    run = [&shared, id] -> Result<int> {
      return id->empty() ? list_checks(shared) : run_check(shared, *id);
    };
  });
  check->add_subcommand("list", "every check with its verdict")->callback([&run, &shared] {
    run = [&shared] { return list_checks(shared); };
  });
  CLI::App* once = check->add_subcommand("run", "run one check now, every phase printed");
  once->add_option("check", *id, "INSTANCE/CHECK")->required();
  once->callback([&run, &shared, id] { run = [&shared, id] { return run_check(shared, *id); }; });
  auto markdown = std::make_shared<bool>(false);
  CLI::App* kinds = check->add_subcommand("kinds", "every kind of check");
  kinds->add_flag("--markdown", *markdown, "with all options, as docs/checks.md");
  kinds->callback([&run, &shared, markdown] {
    run = [&shared, markdown] { return *markdown ? print_handbook() : list_kinds(shared); };
  });
  CLI::App* kind = check->add_subcommand("kind", "the options of one kind, with an example");
  auto name = std::make_shared<std::string>();
  kind->add_option("name", *name, "such as http; nocturn check kinds lists them")->required();
  kind->callback(
      [&run, &shared, name] { run = [&shared, name] { return show_kind(shared, *name); }; });
  check->footer(
      "examples:\n  nocturn check catalog-eu01/z3950\n  nocturn check list\n"
      "  nocturn check kind http");
}

}  // namespace nocturn::cli
