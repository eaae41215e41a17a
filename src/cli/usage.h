#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

// What the command line says of itself: an example for each verb, and what was wrong with a call.
namespace nocturn::cli {

// Puts its examples under the help of every verb that has none of its own, and under all help what
// every command takes. Before parsing, after all nouns are added.
void give_examples(CLI::App& app);

// One line in lower case that names what was wrong, what would be right, and whose help to read.
std::string explain(const CLI::App& app, const CLI::ParseError& wrong);

}  // namespace nocturn::cli
