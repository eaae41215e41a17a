#include <CLI/CLI.hpp>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/noun.h"
#include "cli/show.h"
#include "cli/table.h"

namespace nocturn::cli {
namespace {

std::vector<std::string> row_cells(const Json& row, const Shared& shared) {
  return {text_of(row, "indicator"), text_of(row, "id"), text_of(row, "name"),
          time_of(row, "since", shared.utc), text_of(row, "details")};
}

int exit_of(const JsonArray& rows) {
  for (const Json& row : rows)
    if (text_of(row, "indicator") != "normal") return 1;
  return 0;
}

Result<int> print_rows(const Shared& shared) {
  const Json answer = TRY(call_hub(shared, "GET", "/api/v1/status", nullptr));
  const JsonArray& rows = answer.as_object().at("rows").as_array();
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
  } else if (rows.empty()) {
    fmt::print("no instance yet; describe one under instances: in the configuration\n");
  } else {
    std::vector<std::vector<std::string>> cells;
    for (const Json& row : rows) cells.push_back(row_cells(row, shared));
    fmt::print("{}", table({"STATE", "INSTANCE", "NAME", "SINCE", "DETAILS"}, cells));
  }
  return exit_of(rows);
}

Result<int> print_one(const Shared& shared, const std::string& instance) {
  if (instance.empty())
    return fail(ErrorCode::invalid, "the name of the instance is empty; nocturn status lists them");
  const Json answer =
      TRY(named_right(call_hub(shared, "GET", "/api/v1/status/" + escape_url(instance), nullptr),
                      "nocturn status lists them"));
  if (shared.json) {
    fmt::print("{}\n", boost::json::serialize(answer));
    return exit_of({answer});
  }
  fmt::print("{} ({})\n  state     {}\n  since     {}\n", text_of(answer, "name"),
             text_of(answer, "id"), text_of(answer, "indicator"),
             time_of(answer, "since", shared.utc));
  if (const std::string details = text_of(answer, "details"); !details.empty())
    fmt::print("  details   {}\n", details);
  fmt::print("  measured  {}\n", text_of(answer, "measured"));
  if (const Json& declared = answer.as_object().at("declared"); !declared.is_null()) {
    fmt::print("  declared  {} by {}: {}\n", text_of(declared, "indicator"),
               text_of(declared, "by"), text_of(declared, "because"));
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& check : answer.as_object().at("checks").as_array()) {
    cells.push_back({text_of(check, "verdict"), text_of(check, "id"), text_of(check, "layer"),
                     time_of(check, "probed_at", shared.utc), text_of(check, "reason")});
  }
  fmt::print("\n{}", table({"VERDICT", "CHECK", "LAYER", "PROBED", "REASON"}, cells));
  return exit_of({answer});
}

// Where static copies are, and how old; exit status 1 when one does not arrive.
Result<int> print_copies(const Shared& shared, const Json& answer) {
  const JsonArray& targets = answer.as_object().at("targets").as_array();
  int failing = 0;
  std::vector<std::vector<std::string>> cells;
  for (const Json& target : targets) {
    if (text_of(target, "standing") == "failing") failing = 1;
    cells.push_back({text_of(target, "standing"), text_of(target, "id"), text_of(target, "kind"),
                     text_of(target, "to"), time_of(target, "generated_at", shared.utc),
                     text_of(target, "reason")});
  }
  if (shared.json)
    fmt::print("{}\n", boost::json::serialize(answer));
  else if (targets.empty())
    fmt::print("no copy is kept anywhere; say where below publish: of status_page:\n");
  else
    fmt::print("{}", table({"STANDING", "TARGET", "KIND", "TO", "MADE", "REASON"}, cells));
  return failing;
}

void add_copies(CLI::App& status, Run& run, Shared& shared) {
  auto target = std::make_shared<std::string>();
  CLI::App* publish = status.add_subcommand(
      "publish", "bring the newest static copy to its places now; exit status 1 if one fails");
  publish->add_option("--to", *target, "only this target of the configuration")->type_name("ID");
  publish->callback([&run, &shared, target] {
    run = [&shared, target] -> Result<int> {
      Json body = JsonObject{};
      if (!target->empty()) body.as_object()["target"] = *target;
      return print_copies(shared, TRY(call_hub(shared, "POST", "/api/v1/publishing/copies", body)));
    };
  });
  publish->footer("examples:\n  nocturn status publish\n  nocturn status publish --to mirror");
  status.add_subcommand("copies", "where static copies are kept, how old they are, what fails")
      ->callback([&run, &shared] {
        run = [&shared]() -> Result<int> {
          return print_copies(shared,
                              TRY(call_hub(shared, "GET", "/api/v1/publishing/targets", nullptr)));
        };
      });
}

}  // namespace

void add_status(CLI::App& app, Run& run, Shared& shared) {
  auto instance = std::make_shared<std::string>();
  CLI::App* status = app.add_subcommand(
      "status", "the status page as a table; exit status 0 when all is normal, 1 when not");
  const CLI::Option* one =
      status->add_option("instance", *instance, "one instance with its checks");
  status->callback([&run, &shared, instance, status, one] {
    if (!status->get_subcommands().empty()) return;
    const bool all = one->empty();
    run = [&shared, instance, all] -> Result<int> {
      return all ? print_rows(shared) : print_one(shared, *instance);
    };
  });
  status->footer(
      "examples:\n  nocturn status\n  nocturn status catalog-eu01\n"
      "  nocturn status declare catalog-eu01 information --because \"index is being rebuilt\"\n"
      "  nocturn status withdraw catalog-eu01\n"
      "  nocturn status publish --to mirror");

  struct Declare {
    std::string instance, indicator, because;
  };
  auto declare = std::make_shared<Declare>();
  CLI::App* declaring =
      status->add_subcommand("declare", "put your word over what is measured, for all to see");
  declaring->add_option("instance", declare->instance, "its id, as nocturn status lists it")
      ->required();
  declaring
      ->add_option("state", declare->indicator,
                   "normal, information, maintenance, performance or interruption")
      ->required();
  declaring->add_option("--because", declare->because, "the sentence that the public reads")
      ->required();
  declaring->callback([&run, &shared, declare] {
    run = [&shared, declare] -> Result<int> {
      TRY(named_right(call_hub(shared, "POST", "/api/v1/status/declarations",
                               {{"instance", declare->instance},
                                {"indicator", declare->indicator},
                                {"because", declare->because}}),
                      "nocturn status lists them"));
      fmt::print("{} is declared {}\n", declare->instance, declare->indicator);
      return 0;
    };
  });

  CLI::App* withdrawing = status->add_subcommand("withdraw", "let the measured state speak again");
  withdrawing->add_option("instance", declare->instance, "its id, as nocturn status lists it")
      ->required();
  withdrawing->callback([&run, &shared, declare] {
    run = [&shared, declare] -> Result<int> {
      TRY(call_hub(shared, "DELETE", "/api/v1/status/declarations/" + escape_url(declare->instance),
                   nullptr));
      fmt::print("{} shows its measured state again\n", declare->instance);
      return 0;
    };
  });
  add_copies(*status, run, shared);
}

}  // namespace nocturn::cli
