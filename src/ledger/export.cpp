#include "ledger/export.h"

#include <algorithm>
#include <fstream>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "ledger/files.h"
#include "ledger/note.h"
#include "ledger/records.h"
#include "ledger/serve.h"

namespace nocturn::ledger {
namespace {

constexpr std::uint64_t kRowsAtOnce = 1'000;

struct Published {
  std::string checkpoint;
  std::string verifier_key;
  TreeHead head;
};

Result<Published> published_in(const std::filesystem::path& tiles) {
  Published published;
  published.checkpoint = TRY(serve(tiles, "checkpoint")).body;
  published.verifier_key = TRY(serve(tiles, "vkey")).body;
  published.head =
      TRY(open_checkpoint(published.checkpoint, TRY(parse_verifier_key(published.verifier_key))));
  return published;
}

Status write_line(std::ofstream& out, const JsonObject& object) {
  out << TRY(canonical_json(object)) << '\n';
  if (!out) return fail(ErrorCode::disk_full, "cannot write the export");
  return {};
}

Status write_lines(store::Database& database, const Published& published, std::ofstream& out) {
  TRY_STATUS(write_line(
      out, {{"checkpoint", published.checkpoint}, {"vkey", trim(published.verifier_key)}}));
  for (std::uint64_t from = 0; from < published.head.size; from += kRowsAtOnce) {
    const std::uint64_t count = std::min(kRowsAtOnce, published.head.size - from);
    TRY_STATUS(database.read([&](store::Reader& reader) {
      return records::sealed_entries(reader, from, count, [&](Sealed sealed) {
        JsonObject line{{"index", std::to_string(sealed.entry.index)}, {"leaf", sealed.leaf}};
        if (!sealed.salt.empty()) {
          line["payload"] = sealed.entry.event.payload;
          line["salt"] = to_base64(as_bytes(sealed.salt));
        }
        return write_line(out, line);
      });
    }));
  }
  return {};
}

Status write_lines_file(store::Database& database, const Published& published,
                        const std::filesystem::path& file) {
  const std::filesystem::path unfinished = file.string() + ".unfinished";
  std::error_code error;
  {
    std::ofstream out(unfinished, std::ios::binary | std::ios::trunc);
    // Payloads are for whoever asked for the export, and nobody else.
    std::filesystem::permissions(
        unfinished, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
        error);
    Status written = error ? Status(fail(ErrorCode::unavailable, "cannot be written"))
                           : write_lines(database, published, out);
    out.close();
    if (written && !out) written = fail(ErrorCode::disk_full, "cannot write the export");
    if (!written) {
      std::filesystem::remove(unfinished, error);
      return about(file.string(), std::move(written));
    }
  }
  std::filesystem::rename(unfinished, file, error);
  if (error)
    return about(file.string(), Status(fail(ErrorCode::unavailable, "{}", error.message())));
  return {};
}

Status copy_file(const std::filesystem::path& tiles, const std::string& path,
                 const std::filesystem::path& folder) {
  const Served served = TRY(serve(tiles, path));
  std::error_code ignored;
  std::filesystem::create_directories((folder / path).parent_path(), ignored);
  std::ofstream out(folder / path, std::ios::binary);
  out << served.body;
  out.close();
  if (!out) return about(path, Status(fail(ErrorCode::disk_full, "cannot write the export")));
  return {};
}

}  // namespace

Status export_lines(store::Database& database, const std::filesystem::path& tiles,
                    const std::filesystem::path& file) {
  return write_lines_file(database, TRY(published_in(tiles)), file);
}

Status export_folder(store::Database& database, const std::filesystem::path& tiles,
                     const std::filesystem::path& folder) {
  const Published published = TRY(published_in(tiles));
  std::error_code error;
  if (!std::filesystem::create_directories(folder, error))
    return about(folder.string(), Status(fail(ErrorCode::conflict, "the folder exists")));
  for (int level = kBundles; level <= kMaxTileLevel; ++level)
    for (std::uint64_t index = 0; index < tiles_in_level(level, published.head.size); ++index) {
      const std::uint64_t in_level = published.head.size >> (kTileHeight * std::max(level, 0));
      const std::uint64_t width =
          std::min<std::uint64_t>(kTileWidth, in_level - index * kTileWidth);
      TRY_STATUS(
          copy_file(tiles, path_of({level, index, static_cast<std::uint32_t>(width)}), folder));
    }
  // As read at the start: a newer one would not fit the tiles.
  for (const auto& [name, text] :
       {std::pair{"checkpoint", published.checkpoint}, std::pair{"vkey", published.verifier_key}}) {
    std::ofstream out(folder / name, std::ios::binary);
    out << text;
    out.close();
    if (!out) return about(name, Status(fail(ErrorCode::disk_full, "cannot write the export")));
  }
  return write_lines_file(database, published, folder / "entries.jsonl");
}

}  // namespace nocturn::ledger
