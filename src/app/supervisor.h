#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// Tells whoever supervises the hub how it stands, as sd_notify(3) does it: one datagram to the
// socket that the supervisor named. Says nothing that the supervisor has to answer.
namespace nocturn::app {

// Sends `state`, for example "READY=1", to the Unix socket `place` (the value of NOTIFY_SOCKET; a
// leading '@' names an abstract one). `invalid` for a place that is no such name, `unavailable`
// when nobody takes it. Does not block.
Status tell_supervisor(const std::string& place, std::string_view state);

}  // namespace nocturn::app
