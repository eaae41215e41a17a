#include "ledger/serve.h"

#include "ledger/files.h"
#include "ledger/tiles.h"

namespace nocturn::ledger {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kBinary = "application/octet-stream";
constexpr std::string_view kForever = "public, max-age=31536000, immutable";
constexpr std::string_view kAnHour = "public, max-age=3600";
constexpr std::string_view kBriefly = "public, max-age=1";

}  // namespace

Result<Served> serve(const std::filesystem::path& folder, std::string_view path) {
  if (path == "checkpoint") return Served{TRY(read_file(folder / "checkpoint")), kText, kBriefly};
  if (path == "vkey") return Served{TRY(read_file(folder / "vkey")), kText, kAnHour};
  const auto name = parse_tile_path(path);
  if (!name) return fail(ErrorCode::not_found, "no such file of the ledger");
  auto bytes = TileFiles(folder).read(*name);
  if (!bytes && bytes.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found, "the ledger has no such tile");
  return Served{TRY(std::move(bytes)), kBinary, name->width == kTileWidth ? kForever : kAnHour};
}

}  // namespace nocturn::ledger
