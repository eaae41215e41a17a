#pragma once

namespace nocturn::app::demo {

// Whether something accepts connections on 127.0.0.1:`port` now.
bool port_is_open(int port);
// Whether a server could listen on 127.0.0.1:`port` now. An outgoing connection may hold a port,
// too, which port_is_open() does not see.
bool port_is_free(int port);

}  // namespace nocturn::app::demo
