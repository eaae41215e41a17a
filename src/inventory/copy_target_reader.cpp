#include <algorithm>
#include <map>

#include "inventory/cloud_keys.h"
#include "inventory/cloud_reader.h"
#include "inventory/section.h"
#include "inventory/values.h"
#include "net/http_fetch.h"
#include "net/url.h"

// Where static copies of the status page are kept. Paths and names travel to programs and servers
// of others, so they are of letters that mean nothing to any of them.
namespace nocturn::inventory {
namespace {

bool plain(std::string_view text, std::string_view also) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.contains(c);
  });
}

// "/srv/copy": absolute, without "..", and not the root of everything.
bool is_plain_path(std::string_view path) {
  return path.size() > 1 && path.starts_with('/') && plain(path, "._-/") && !path.contains("//") &&
         !path.contains("/../") && !path.ends_with("/..");
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

SshPlace read_ssh(const Options& options, const Node& node, const std::string& what,
                  Report& report) {
  SshPlace place;
  const std::string to = text_of(options, "to");
  const std::size_t colon = to.find(":/");
  place.account = to.substr(0, colon);
  if (colon != to.npos) place.path = without_slash(to.substr(colon + 1));
  place.port = static_cast<int>(integer_of(options, "port"));
  if (const Options* identity = section_of(options, "identity")) place.identity = *identity;
  place.known_hosts = text_of(options, "known_hosts");
  const std::size_t at = place.account.find('@');
  const std::string_view user = std::string_view(place.account).substr(0, at);
  const bool good = at != place.account.npos && !user.empty() && !user.starts_with('-') &&
                    plain(user, "._-") && is_host(place.account.substr(at + 1)) &&
                    is_plain_path(place.path);
  if (has(options, "to") && !good)
    report.add(mark_of(node, "to"), fmt::format("to of {} is {}", what, in_quotes(to)),
               "write user@host:/absolute/path, of letters, digits, dots, hyphens and underscores");
  if (place.identity.contains("env"))
    report.add(mark_of(node, "identity"), fmt::format("identity of {} names a variable", what),
               "an SSH key is a file: write {file: …} or {credential: …}");
  if (!place.known_hosts.empty() && !place.known_hosts.starts_with('/'))
    report.add(mark_of(node, "known_hosts"),
               fmt::format("known_hosts of {} is {}", what, in_quotes(place.known_hosts)),
               "write an absolute path");
  return place;
}

BucketPlace read_bucket(const Options& options, const Node& node, const std::string& what,
                        Report& report) {
  BucketPlace place{.endpoint = text_of(options, "endpoint"),
                    .region = text_of(options, "region"),
                    .bucket = text_of(options, "bucket"),
                    .prefix = text_of(options, "prefix"),
                    .access_key = text_of(options, "access_key"),
                    .secret_key = {}};
  while (place.endpoint.ends_with('/')) place.endpoint.pop_back();
  if (const Options* secret = section_of(options, "secret_key")) place.secret_key = *secret;
  const auto url = net::parse_url(place.endpoint);
  const auto wrong = [&](std::string_view key, std::string_view found, std::string mend) {
    report.add(mark_of(node, key), fmt::format("{} of {} is {}", key, what, in_quotes(found)),
               std::move(mend));
  };
  if (has(options, "endpoint") && !net::check_private(place.endpoint))
    wrong("endpoint", place.endpoint, "write https://; http:// is for this machine itself");
  else if (url && url->target != "/")
    wrong("endpoint", place.endpoint, "write scheme, host and port alone");
  if (has(options, "bucket") &&
      (!plain(place.bucket, ".-") || place.bucket.size() < 3 || place.bucket.size() > 63))
    wrong("bucket", place.bucket, "write 3 to 63 letters, digits, dots and hyphens");
  if (!plain(place.prefix, "._-/") || place.prefix.starts_with('/') || place.prefix.contains(".."))
    wrong("prefix", place.prefix, "write letters, digits, hyphens and slashes, like status/");
  if (!plain(place.region, "-")) wrong("region", place.region, "write a region like eu-west-1");
  if (!plain(place.access_key, "._-:"))
    wrong("access_key", place.access_key, "write the key's id as the store shows it");
  if (!place.prefix.empty() && !place.prefix.ends_with('/')) place.prefix += '/';
  return place;
}

CopyTarget read_target(const std::string& id, const Options& options, const Node& node,
                       Report& report) {
  const std::string what = fmt::format("{} in publish of status_page", id);
  CopyTarget target;
  target.id = id;
  target.every = duration_of(options, "every");
  std::vector<std::string_view> places;
  for (std::size_t i = 0; i < std::size(kCopyKinds); ++i) {
    if (node.find(kCopyKinds[i]) == nullptr) continue;
    places.push_back(kCopyKinds[i]);
    target.kind = static_cast<CopyTarget::Kind>(i);
  }
  if (places.size() != 1 && node.kind == Node::Kind::mapping)
    report.add(node.mark,
               fmt::format("{} names {}", what,
                           places.empty() ? "no place for a copy" : "more than one place"),
               "write one of folder, rsync, sftp and s3");
  target.folder = without_slash(text_of(options, "folder"));
  if (has(options, "folder") && !is_plain_path(target.folder))
    report.add(mark_of(node, "folder"),
               fmt::format("folder of {} is {}", what, in_quotes(target.folder)),
               "write an absolute path of letters, digits, dots, hyphens and underscores");
  for (const std::string_view kind : {"rsync", "sftp"})
    if (const Options* place = section_of(options, kind))
      target.ssh = read_ssh(*place, *node.find(kind), fmt::format("{} of {}", kind, what), report);
  if (const Options* place = section_of(options, "s3"))
    target.bucket = read_bucket(*place, *node.find("s3"), fmt::format("s3 of {}", what), report);
  return target;
}

// Two targets in one place would take each other's copies away.
std::string place_of(const CopyTarget& target) {
  switch (target.kind) {
    case CopyTarget::Kind::folder: return target.folder;
    case CopyTarget::Kind::rsync:
    case CopyTarget::Kind::sftp: return target.ssh.account + ":" + target.ssh.path;
    case CopyTarget::Kind::s3:
      return fmt::format("{}/{}/{}", target.bucket.endpoint, target.bucket.bucket,
                         target.bucket.prefix);
  }
  return {};
}

}  // namespace

std::vector<CopyTarget> read_copy_targets(const Node& node, Reading& reading) {
  std::vector<CopyTarget> targets;
  if (node.kind == Node::Kind::mapping && node.members.empty()) return targets;
  const Options options = read_section(node, "status_page", kStatusPageKeys, reading.report);
  const Options* listed = section_of(options, "publish");
  if (listed == nullptr) return targets;
  const Node& list = *node.find("publish");
  std::map<std::string, std::string> owners;
  for (const auto& [id, value] : *listed) {
    const Node& entry = *list.find(id);
    targets.push_back(read_target(id, std::get<Options>(value.value), entry, reading.report));
    const auto [owner, fresh] = owners.try_emplace(place_of(targets.back()), id);
    if (!fresh && !owner->first.empty())
      reading.report.add(
          entry.mark,
          fmt::format("{} in publish of status_page goes where {} goes", id, owner->second),
          "give each a place of its own");
  }
  return targets;
}

}  // namespace nocturn::inventory
