#include <algorithm>
#include <map>
#include <ranges>
#include <set>

#include "base/text.h"
#include "crypto/sha256.h"
#include "net/http_fetch.h"
#include "net/url.h"
#include "publishing/aws_signature.h"
#include "publishing/place.h"
#include "publishing/side_by_side.h"

// A bucket of an S3-compatible store. There is no folder to swap: what pages lead to is sent before
// them, the front pages come last, and each object changes in one step. Objects of one turn go side
// by side. A list of what was sent lies beside, so that nothing of an instance stays which is no
// longer public.
namespace nocturn::publishing {
namespace {

constexpr const char* kList = "copied-files.txt";
constexpr std::size_t kConnections = 8;
constexpr Micros kDeadline = std::chrono::seconds(15);
constexpr std::size_t kLargestList = 16 * 1024 * 1024;

// Content first, front pages last.
int turn_of(std::string_view path) {
  if (path == "status.json") return 3;
  if (path == "index.html" || (path.ends_with("/index.html") && std::ranges::count(path, '/') == 1))
    return 2;
  return path.ends_with(".html") ? 1 : 0;
}

class BucketPlace final : public Place {
 public:
  BucketPlace(inventory::BucketPlace place, PlaceTools tools)
      : place_(std::move(place)), tools_(std::move(tools)) {}

  Status put(const Copy& copy) override {
    const SigningKey key{place_.access_key,
                         TRY(inventory::read_secret(place_.secret_key, tools_.variable)),
                         place_.region};
    std::vector<const CopyFile*> files;
    std::set<std::string> wanted;
    for (const CopyFile& file : copy.files) {
      files.push_back(&file);
      wanted.insert(file.path);
    }
    std::ranges::stable_sort(files, {}, [](const CopyFile* file) { return turn_of(file->path); });
    if (!listed_) listed_ = TRY(fetch_list(key));
    // The list names an object before it is there, and until it is gone.
    std::set<std::string> all = *listed_;
    all.insert(wanted.begin(), wanted.end());
    if (all != *listed_) TRY_STATUS(put_list(key, std::move(all)));
    for (auto turn = files.begin(); turn != files.end();) {
      const auto next = std::find_if(turn, files.end(), [&](const CopyFile* file) {
        return turn_of(file->path) != turn_of((*turn)->path);
      });
      TRY_STATUS(put_files(key, {turn, next}));
      turn = next;
    }
    for (const std::string& path : std::set<std::string>(*listed_))
      if (!wanted.contains(path)) TRY_STATUS(take_away(key, path));
    if (wanted != *listed_) TRY_STATUS(put_list(key, std::move(wanted)));
    return {};
  }

 private:
  Result<net::FetchAnswer> call(const SigningKey& key, std::string_view method,
                                std::string_view path, std::string body,
                                std::vector<net::Header> headers = {}) const {
    net::FetchLine line;
    return call(line, key, method, path, std::move(body), std::move(headers));
  }

  // Any thread.
  Result<net::FetchAnswer> call(net::FetchLine& line, const SigningKey& key,
                                std::string_view method, std::string_view path, std::string body,
                                std::vector<net::Header> headers) const {
    if (tools_.stop.asked()) return fail(ErrorCode::unavailable, "the hub is ending");
    const net::Url url = TRY(net::parse_url(
        fmt::format("{}/{}/{}{}", place_.endpoint, place_.bucket, place_.prefix, path)));
    const std::string host = url.authority();  // looked at until it is signed
    const ToSign request{.method = method,
                         .host = host,
                         .path = url.target,
                         .body = body,
                         .headers = std::move(headers)};
    auto signed_ones = signed_headers(request, key, tools_.clock.wall());
    return line.fetch({.method = std::string(method),
                       .url = url.text(),
                       .headers = std::move(signed_ones),
                       .body = std::move(body),
                       .deadline = kDeadline,
                       .largest = kLargestList});
  }

  // S3 says the cause in XML: <Code>AccessDenied</Code><Message>…</Message>.
  static Status refused(std::string_view what, const net::FetchAnswer& answer) {
    std::string_view code = answer.body;
    const std::size_t from = code.find("<Code>"), until = code.find("</Code>");
    code = from < until && until != code.npos ? code.substr(from + 6, until - from - 6)
                                              : std::string_view("no cause told");
    return fail(ErrorCode::unavailable, "the store answered {} to {} ({})", answer.status, what,
                code.substr(0, 100));
  }

  // Those that are not there as they are, side by side.
  Status put_files(const SigningKey& key, const std::vector<const CopyFile*>& files) {
    std::vector<std::pair<const CopyFile*, crypto::Hash>> changed;
    for (const CopyFile* file : files) {
      const crypto::Hash hash = crypto::sha256(file->body);
      const auto sent = sent_.find(file->path);
      if (sent == sent_.end() || sent->second != hash) changed.emplace_back(file, hash);
    }
    std::vector<net::FetchLine> lines(std::min(kConnections, changed.size()));
    std::vector<char> there(changed.size());  // not of bits: each is written by one thread
    const Status outcome =
        side_by_side(changed.size(), lines.size(), [&](std::size_t line, std::size_t item) {
          const Status put = put_file(lines[line], key, *changed[item].first);
          there[item] = put.has_value() ? 1 : 0;
          return put;
        });
    for (std::size_t i = 0; i < changed.size(); ++i)
      if (there[i] != 0) sent_[changed[i].first->path] = changed[i].second;
    return outcome;
  }

  Status put_file(net::FetchLine& line, const SigningKey& key, const CopyFile& file) const {
    const bool named_by_content = file.path.starts_with("assets/");
    const auto answer = TRY(call(
        line, key, "PUT", file.path, file.body,
        {{"cache-control", named_by_content ? "public, max-age=31536000, immutable" : "no-cache"},
         {"content-type", file.content_type}}));
    if (answer.status != 200) return refused("PUT " + file.path, answer);
    return {};
  }

  Status take_away(const SigningKey& key, const std::string& path) {
    const auto answer = TRY(call(key, "DELETE", path, {}));
    if (answer.status != 204 && answer.status != 200 && answer.status != 404)
      return refused("DELETE " + path, answer);
    sent_.erase(path);
    return {};
  }

  Result<std::set<std::string>> fetch_list(const SigningKey& key) const {
    const auto answer = TRY(call(key, "GET", kList, {}));
    std::set<std::string> paths;
    // 403 is what a store answers to who may not list, for an object that is not there.
    if (answer.status == 404 || answer.status == 403) return paths;
    if (answer.status != 200)
      return std::unexpected(refused(fmt::format("GET {}", kList), answer).error());
    for (const std::string_view line : split(answer.body, '\n'))
      if (!trim(line).empty()) paths.emplace(trim(line));
    return paths;
  }

  Status put_list(const SigningKey& key, std::set<std::string> paths) {
    const auto answer = TRY(call(key, "PUT", kList, fmt::format("{}\n", fmt::join(paths, "\n")),
                                 {{"content-type", "text/plain; charset=utf-8"}}));
    if (answer.status != 200) return refused(fmt::format("PUT {}", kList), answer);
    listed_ = std::move(paths);
    return {};
  }

  const inventory::BucketPlace place_;
  const PlaceTools tools_;
  std::optional<std::set<std::string>> listed_;  // what the list there names; empty: not known yet
  std::map<std::string, crypto::Hash> sent_;     // by this hub, as it is there
};

}  // namespace

std::unique_ptr<Place> make_bucket_place(const inventory::CopyTarget& target, PlaceTools tools) {
  return std::make_unique<BucketPlace>(target.bucket, std::move(tools));
}

}  // namespace nocturn::publishing
