#pragma once

#include <string>

namespace CLI {
class App;
}

// The manual page and the shell's completion, told by the parser itself: what it takes is what
// they say. Pure.
namespace nocturn::cli {

// man(7) source of nocturn(1): every noun with its verbs, options and examples.
std::string man_page(const CLI::App& app, std::string_view version);
// A script for bash-completion: nouns, verbs and options by the words before.
std::string bash_completion(const CLI::App& app);

}  // namespace nocturn::cli
