#pragma once

#include "net/http.h"

// The web console's files: a page, scripts and a style sheet that console/ builds and the program
// embeds. Nothing of the cloud is in them; what the console shows it asks of the API.
namespace nocturn::web {

// Adds the scripts and sheets, whose names change with their content, below /console/assets/.
// They are packed once in the life of the program. Thread-safe.
void add_console_assets(net::PageSet& set);

}  // namespace nocturn::web
