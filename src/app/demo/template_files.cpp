#include "app/demo/template_files.h"

#include <fstream>
#include <sstream>

#include "base/text.h"

namespace nocturn::app::demo {

namespace fs = std::filesystem;

Result<std::string> fill_template(std::string_view text, const Values& values) {
  std::string filled;
  while (!text.empty()) {
    const auto open = text.find("{{");
    filled += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 2);
    const auto close = text.find("}}");
    if (close == std::string_view::npos) return fail(ErrorCode::invalid, "\"{{{{\" without end");
    const std::string_view name = trim(text.substr(0, close));
    const auto value = values.find(name);
    if (value == values.end()) {
      return fail(ErrorCode::invalid, "no value for \"{{{{{}}}}}\"", name);
    }
    filled += value->second;
    text.remove_prefix(close + 2);
  }
  return filled;
}

Result<std::string> read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return fail(ErrorCode::not_found, "cannot read {}", file.string());
  }
  return std::move(text).str();
}

Status write_text(const fs::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return fail(ErrorCode::disk_full, "cannot write {}", file.string());
  return {};
}

Status write_filled(const fs::path& from, const fs::path& to, const Values& values) {
  const std::string text = TRY(read_text(from));
  const std::string filled = TRY(about(from.string(), fill_template(text, values)));
  return write_text(to, filled);
}

Status write_configuration(const fs::path& from, const fs::path& to, const fs::path& last,
                           const Values& values) {
  std::error_code failed;
  fs::create_directories(to, failed);
  fs::create_directories(last, failed);
  fs::directory_iterator files(from, failed);
  if (failed) return fail(ErrorCode::not_found, "cannot list {}", from.string());
  for (const fs::directory_entry& file : files) {
    if (file.path().extension() != ".yaml") continue;
    const fs::path name = file.path().filename();
    const auto there = read_text(to / name);
    const auto written = read_text(last / name);
    if (there && (!written || *there != *written)) continue;
    TRY_STATUS(write_filled(file.path(), to / name, values));
    TRY_STATUS(write_filled(file.path(), last / name, values));
  }
  return {};
}

}  // namespace nocturn::app::demo
