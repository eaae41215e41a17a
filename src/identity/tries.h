#pragma once

#include "identity/parts.h"

// What the throttle remembers, kept beside the ledger: whoever brings the hub down gets no fresh
// allowance by it. The names of devices, addresses and accounts are MACs. However many tries there
// are, at most four times a second a hundred of them are written, and at most kRoom are kept.
namespace nocturn::identity {

// Lets the throttle know what was kept. At start, before tries come.
Status recall_tries(Identity::Parts& parts);
// After a try that failed: writes what changed, unless it did so just now. Not waited for.
void keep_tries(Identity::Parts& parts);
// Once a minute: writes what is still to be written, and drops what counts no more.
void tidy_tries(Identity::Parts& parts);

}  // namespace nocturn::identity
