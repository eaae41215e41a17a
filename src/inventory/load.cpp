#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "inventory/cloud_keys.h"
#include "inventory/cloud_reader.h"
#include "inventory/inventory.h"

// From a folder to one tree: which files are read, and how what they say is merged.
namespace nocturn::inventory {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = 64 << 20;
constexpr std::size_t kMaxFiles = 1'000;
constexpr std::size_t kMaxNodes = 1'000'000;

Loaded refused(std::string file, std::string what, std::string mend) {
  return {nullptr, {{{std::move(file), 0, 0}, std::move(what), std::move(mend)}}};
}

bool is_configuration(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

// Puts what one file says into the tree of all.
void merge(Node document, Node& root, Report& report) {
  std::vector<std::string_view> names;
  for (const Part& part : kParts) names.push_back(part.name);
  for (Member& member : document.members) {
    const auto found = std::ranges::find(kParts, member.key, &Part::name);
    if (found == std::end(kParts)) {
      report.add(member.mark, fmt::format("unknown section {}", in_quotes(member.key)),
                 report.suggestion(member.key, names,
                                   fmt::format("sections are {}", alternatives(names))));
      continue;
    }
    const bool list = found->shape == Part::Shape::list;
    if (member.value.kind == Node::Kind::empty) continue;  // a section still without entries
    if (member.value.kind != (list ? Node::Kind::list : Node::Kind::mapping)) {
      report.add(
          member.value.mark,
          fmt::format("section {} is no {}", found->name, list ? "list" : "mapping"),
          list ? "start each entry below it with \"- \"" : "write its keys below it, indented");
      continue;
    }
    Node& part = root.members[static_cast<std::size_t>(found - std::begin(kParts))].value;
    std::ranges::move(member.value.items, std::back_inserter(part.items));
    std::ranges::move(member.value.members, std::back_inserter(part.members));
  }
}

}  // namespace

Loaded load_texts(std::span<const Source> sources, std::span<const KindSpec> kinds) {
  std::vector<std::string> names;
  for (const Source& source : sources) names.push_back(source.name);
  Report report(std::move(names));
  Node root(Node::Kind::mapping);
  for (const Part& part : kParts) {
    const auto kind = part.shape == Part::Shape::list ? Node::Kind::list : Node::Kind::mapping;
    root.members.push_back({.key = std::string(part.name), .mark = {}, .value = Node(kind)});
  }

  bool incomplete = false;
  std::size_t nodes = kMaxNodes;
  for (std::uint32_t file = 0; file < sources.size(); ++file) {
    if (trim(sources[file].text).empty()) {
      // An editor or a full disk that was interrupted leaves such a file; rows would vanish.
      report.add({.file = file, .line = 1, .column = 1}, "the file is empty",
                 "write what belongs there, or remove the file");
      incomplete = true;
      continue;
    }
    std::optional<Node> document = read_yaml(sources[file].text, file, nodes, report);
    if (!document) {
      incomplete = true;
    } else if (document->kind == Node::Kind::mapping) {
      merge(std::move(*document), root, report);
    } else if (document->kind != Node::Kind::empty) {
      report.add(document->mark, "the file is no mapping",
                 "start it with a section, like \"instances:\"");
    }
  }
  for (Member& part : root.members) refuse_duplicates(part.value.members, report);

  Reading reading{.kinds = kinds, .report = report, .incomplete = incomplete || nodes == 0};
  Cloud cloud = read_cloud(root, reading);
  Loaded loaded;
  if (report.count() == 0) {
    loaded.cloud = std::make_shared<const Cloud>(std::move(cloud));
  } else {
    loaded.faults = report.take();
  }
  return loaded;
}

Result<std::vector<fs::path>> configuration_files(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  fs::recursive_directory_iterator entry(folder, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) {  // editors' and version control's own
      if (entry->is_directory(error)) entry.disable_recursion_pending();
      error.clear();
      continue;
    }
    std::error_code unreadable;
    if (!is_configuration(entry->path()) || entry->is_directory(unreadable)) continue;
    files.push_back(entry->path().lexically_relative(folder));
    if (files.size() > kMaxFiles) return fail(ErrorCode::limited, "more than {} files", kMaxFiles);
  }
  if (error) return fail(ErrorCode::not_found, "{}", error.message());
  std::ranges::sort(files);
  return files;
}

Loaded load(const fs::path& folder, std::span<const KindSpec> kinds) {
  const Result<std::vector<fs::path>> files = configuration_files(folder);
  if (!files) {
    return refused(folder.string(), fmt::format("cannot be read: {}", files.error().message),
                   "name the folder with the configuration's *.yaml files");
  }
  if (files->empty())
    return refused(folder.string(), "has no *.yaml file", "put the configuration there");

  std::vector<Source> sources;
  std::size_t bytes = 0;
  for (const fs::path& file : *files) {
    std::error_code missing;
    if (!fs::is_regular_file(folder / file, missing))
      return refused(file.string(),
                     missing ? fmt::format("cannot be read: {}", missing.message())
                             : std::string("is no file"),
                     "mend the link, or remove it");
    std::ifstream stream(folder / file, std::ios::binary);
    Source source{.name = file.string(), .text = {}};
    std::error_code error;
    const std::uintmax_t size = fs::file_size(folder / file, error);
    if (!stream || error)
      return refused(source.name, "cannot be read", "give the hub the right to");
    bytes += size;
    if (bytes > kMaxBytes)
      return refused(source.name, "the configuration is larger than 64 MiB", "make it smaller");
    source.text.resize(size);
    stream.read(source.text.data(), static_cast<std::streamsize>(size));
    source.text.resize(static_cast<std::size_t>(stream.gcount()));
    sources.push_back(std::move(source));
  }
  return load_texts(sources, kinds);
}

}  // namespace nocturn::inventory
