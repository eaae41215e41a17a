#include "cli/manual.h"

#include <gtest/gtest.h>
#include <CLI/CLI.hpp>

namespace nocturn::cli {
namespace {

struct Sample {
  CLI::App app{"Watches.", "nocturn"};
  std::string instance, because;
  bool utc = false;
  Sample() {
    app.footer("examples:\n  nocturn status");
    app.add_flag("--utc", utc, "print times in UTC");
    CLI::App* declare = app.add_subcommand("status", "the table")->add_subcommand("declare", "say");
    declare->add_option("instance", instance, "which one");
    declare->add_option("--because", because, "the reason - for all")->type_name("TEXT");
  }
};

TEST(Manual, tells_every_verb_with_its_options_and_each_example_once) {
  const std::string page = man_page(Sample().app, "1.2");
  EXPECT_TRUE(page.contains(".SS status declare\nsay\n"));
  EXPECT_TRUE(page.contains(".TP\n.B instance\nwhich one\n"));
  EXPECT_TRUE(page.contains(".TP\n.B \\-\\-because TEXT\nthe reason \\- for all\n")) << page;
  EXPECT_EQ(page.find("nocturn status"), page.rfind("nocturn status"));
}

TEST(Completion, offers_what_may_follow_the_words_before) {
  const std::string script = bash_completion(Sample().app);
  EXPECT_TRUE(script.contains("'') offered='status --help --utc ' ;;")) << script;
  EXPECT_TRUE(script.contains("'status declare') offered='--help --because ' ;;")) << script;
}

}  // namespace
}  // namespace nocturn::cli
