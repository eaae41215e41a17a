#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"

// Files that hold a key: readable by their owner alone, made once, never overwritten.
namespace nocturn::crypto {

// The file's contents, at most 4 KiB. When there is no such file, `make` says what goes into it;
// it is on disk, with mode 0600, before this returns. When two processes start at once, one of
// them makes the file and both read the same. Refuses (`forbidden`) a file that its group or
// others may read.
Result<std::string> open_private_file(const std::filesystem::path& file,
                                      const std::function<std::string()>& make);

}  // namespace nocturn::crypto
