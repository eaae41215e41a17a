#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/result.h"

namespace nocturn::app::demo {

// Waits until something accepts connections on 127.0.0.1:`port`.
Status wait_for_port(int port, Micros limit);
// Waits until the file, for example a Unix socket, is there.
Status wait_for_file(const std::filesystem::path& file, Micros limit);
// Whether something accepts connections now.
bool port_is_open(int port);
// Whether a server could listen on 127.0.0.1:`port` now. An outgoing connection may hold a port,
// too, which port_is_open() does not see.
bool port_is_free(int port);

}  // namespace nocturn::app::demo
