#include "monitoring/probes/http_expectation.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <re2/re2.h>
#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "monitoring/probes/json_path.h"
#include "monitoring/probes/options.h"

namespace nocturn::monitoring {
namespace {

using inventory::OptionSpec;
using inventory::OptionType;

constexpr OptionSpec kSpecs[] = {
    {.name = "status",
     .type = OptionType::text_list,
     .default_text = "2xx",
     .sentence = "Statuses that are right: 200, 2xx, 200-204, or a list of such."},
    {.name = "header",
     .type = OptionType::text_map,
     .sentence = "Headers of the answer by name, each with a pattern (RE2) its value must match."},
    {.name = "body_contains",
     .type = OptionType::text_list,
     .sentence = "Texts that must all be in the body."},
    {.name = "body_not_contains",
     .type = OptionType::text_list,
     .sentence = "Texts of which none may be in the body."},
    {.name = "body_matches",
     .type = OptionType::pattern,
     .sentence = "Pattern (RE2) that must match somewhere in the body."},
    {.name = "json",
     .type = OptionType::text_map,
     .sentence = "Values in a JSON body by path ($.a.b[0]): the exact value, or a /pattern/."},
    {.name = "json_age",
     .type = OptionType::text_map,
     .sentence = "Times in a JSON body by path, and how far from now each may be: 5m."},
    {.name = "size_min",
     .type = OptionType::size,
     .sentence = "The smallest body, decoded, that is right."},
    {.name = "size_max",
     .type = OptionType::size,
     .sentence = "The largest body, decoded, that is right."},
    {.name = "certificate_days",
     .type = OptionType::real,
     .sentence = "Days for which the server's certificate must still be valid.",
     .lowest = 0},
};

Result<std::pair<int, int>> parse_status(std::string_view text) {
  const auto number = [](std::string_view digits) -> int {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && value >= 100 && value <= 599 ? value : -1;
  };
  std::pair<int, int> range{-1, -1};
  if (text.size() == 3 && lower_ascii(text.substr(1)) == "xx" && text[0] >= '1' && text[0] <= '5') {
    range = {(text[0] - '0') * 100, (text[0] - '0') * 100 + 99};
  } else if (const auto dash = text.find('-'); dash != text.npos) {
    range = {number(text.substr(0, dash)), number(text.substr(dash + 1))};
  } else {
    range = {number(text), number(text)};
  }
  if (range.first < 0 || range.second < range.first) {
    return fail(ErrorCode::invalid, "\"{}\" is not a status; write 200, 2xx or 200-204", text);
  }
  return range;
}

Result<std::unique_ptr<RE2>> compile(std::string_view pattern) {
  auto compiled =
      std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), RE2::Quiet);
  if (!compiled->ok()) {
    return fail(ErrorCode::invalid, "pattern \"{}\": {}", pattern, compiled->error());
  }
  return compiled;
}

// What stands between the slashes of /…/; nothing when it is an exact value.
std::optional<std::string_view> pattern_in(std::string_view wanted) {
  if (wanted.size() < 2 || wanted.front() != '/' || wanted.back() != '/') return std::nullopt;
  return wanted.substr(1, wanted.size() - 2);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 80;
  return fmt::format("\"{}\"{}", text.substr(0, kShown), text.size() > kShown ? "…" : "");
}

// A time ahead of now proves no more than an old one: one of the two clocks is wrong.
std::string age_objection(std::string_view path, const std::string& value, Micros most,
                          WallTime now) {
  const auto time = from_rfc3339(value);
  if (!time) return fmt::format("{} is {}, which is not a time", path, in_quotes(value));
  const Micros age = now - *time;
  if (age >= -most && age <= most) return {};
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(age < Micros{0} ? -age : age);
  return fmt::format("{} is {} {}, at most {} expected", path, to_text(whole),
                     age < Micros{0} ? "ahead" : "old", to_text(most));
}

std::string cut_note(const net::ClientResponse& response) {
  return fmt::format("{} {} bytes", response.body_cut ? "the first" : "its", response.body.size());
}

}  // namespace

std::span<const OptionSpec> HttpExpectation::specs() { return kSpecs; }

void HttpExpectation::judge(const inventory::Options& expect, Objections& objections) {
  for (const auto& status : list_option(expect, "status"))
    if (!parse_status(status))
      objections.push_back({"expect.status", is_quoted(status), "write 200, 2xx or 200-204"});
  for (const auto& [name, option] : section_option(expect, "header"))
    if (const auto* pattern = std::get_if<std::string>(&option.value))
      judge_pattern("expect.header", *pattern, objections);
  for (const std::string_view paths : {"json", "json_age"}) {
    const std::string place = fmt::format("expect.{}", paths);
    for (const auto& [path, option] : section_option(expect, paths)) {
      if (!check_json_path(path))
        objections.push_back({place, fmt::format("has the path \"{}\"", path.substr(0, 80)),
                              "write a path like $.items[0].name"});
      const auto* wanted = std::get_if<std::string>(&option.value);
      if (wanted == nullptr) continue;
      if (paths == "json_age" && !parse_duration(*wanted))
        objections.push_back(
            {place, fmt::format("has the age \"{}\"", wanted->substr(0, 80)), "write it like 5m"});
      if (const auto pattern = pattern_in(*wanted); pattern && paths == "json")
        judge_pattern(place, *pattern, objections);
    }
  }
  if (has_option(expect, "size_max") &&
      integer_option(expect, "size_min", 0) > integer_option(expect, "size_max", 0))
    objections.push_back(
        {"expect.size_max", "is less than size_min", "write more, or no body is right"});
}

HttpExpectation::HttpExpectation() = default;
HttpExpectation::~HttpExpectation() = default;
HttpExpectation::HttpExpectation(HttpExpectation&&) noexcept = default;
HttpExpectation& HttpExpectation::operator=(HttpExpectation&&) noexcept = default;

Result<HttpExpectation> HttpExpectation::make(const inventory::Options& expect) {
  HttpExpectation made;
  for (const auto& status : list_option(expect, "status")) {
    made.statuses_.push_back(TRY(parse_status(status)));
  }
  if (made.statuses_.empty()) made.statuses_.emplace_back(200, 299);
  for (const auto& [name, option] : section_option(expect, "header")) {
    const auto* pattern = std::get_if<std::string>(&option.value);
    if (pattern == nullptr) continue;
    made.headers_.push_back({lower_ascii(name), {}, TRY(compile(*pattern))});
  }
  for (const auto& [path, option] : section_option(expect, "json")) {
    const auto* wanted = std::get_if<std::string>(&option.value);
    if (wanted == nullptr) continue;
    TRY_STATUS(check_json_path(path));
    Named named{path, *wanted, nullptr};
    if (const auto pattern = pattern_in(*wanted)) named.pattern = TRY(compile(*pattern));
    made.json_.push_back(std::move(named));
  }
  for (const auto& [path, option] : section_option(expect, "json_age")) {
    const auto* age = std::get_if<std::string>(&option.value);
    if (age == nullptr) continue;
    TRY_STATUS(check_json_path(path));
    made.json_ages_.emplace_back(path, TRY(parse_duration(*age)));
  }
  made.contains_ = list_option(expect, "body_contains");
  made.contains_not_ = list_option(expect, "body_not_contains");
  if (const auto pattern = text_option(expect, "body_matches"); !pattern.empty()) {
    made.matches_ = TRY(compile(pattern));
  }
  made.size_min_ = integer_option(expect, "size_min", 0);
  made.size_max_ = integer_option(expect, "size_max", -1);
  made.certificate_days_ = real_option(expect, "certificate_days", -1);
  return made;
}

bool HttpExpectation::wants_status(int status) const {
  return std::ranges::any_of(statuses_, [&](const auto& range) {
    return status >= range.first && status <= range.second;
  });
}

std::string HttpExpectation::objection(const net::ClientResponse& response, WallTime now) const {
  if (!wants_status(response.status)) {
    const auto [low, high] = statuses_.front();
    const auto wanted = low == high ? fmt::format("{}", low) : fmt::format("{}-{}", low, high);
    return fmt::format("status {} {}, expected {}{}", response.status, response.reason, wanted,
                       statuses_.size() > 1 ? " and others" : "");
  }
  for (const auto& header : headers_) {
    const auto value = response.header(header.name);
    if (!RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *header.pattern)) {
      return fmt::format("header {} is {}, expected to match {}", header.name, in_quotes(value),
                         header.pattern->pattern());
    }
  }
  return body_objection(response, now);
}

std::string HttpExpectation::body_objection(const net::ClientResponse& response,
                                            WallTime now) const {
  const auto& body = response.body;
  const auto size = static_cast<std::int64_t>(body.size());
  const bool reads_json = !json_.empty() || !json_ages_.empty();
  const bool reads_body = !contains_.empty() || !contains_not_.empty() || matches_ || reads_json;
  if (response.body_coded && reads_body) {
    return fmt::format("the body is coded as {}, which was not asked for",
                       response.header("content-encoding"));
  }
  if (size < size_min_ && !response.body_cut) {
    return fmt::format("the body has {} bytes, at least {} expected", size, size_min_);
  }
  if (size_max_ >= 0 && size > size_max_) {
    return fmt::format("the body has {} bytes or more, at most {} expected", size, size_max_);
  }
  for (const auto& text : contains_) {
    if (body.find(text) == body.npos) {
      return fmt::format("{} is not in the body ({})", in_quotes(text), cut_note(response));
    }
  }
  for (const auto& text : contains_not_) {
    if (body.find(text) != body.npos) return fmt::format("{} is in the body", in_quotes(text));
  }
  if (matches_ && !RE2::PartialMatch(body, *matches_)) {
    return fmt::format("the body ({}) does not match {}", cut_note(response), matches_->pattern());
  }
  return reads_json ? json_objection(response, now) : std::string();
}

std::string HttpExpectation::json_objection(const net::ClientResponse& response,
                                            WallTime now) const {
  if (response.body_cut) return "the body is too large to be read as JSON";
  const auto document = parse_json(response.body);
  if (!document) return fmt::format("the body is not JSON: {}", document.error().message);
  for (const auto& named : json_) {
    const auto value = json_at(*document, named.name);
    if (!value) return value.error().message;
    const bool right =
        named.pattern ? RE2::PartialMatch(*value, *named.pattern) : *value == named.value;
    if (!right) {
      return fmt::format("{} is {}, expected {}", named.name, in_quotes(*value),
                         named.pattern ? named.value : in_quotes(named.value));
    }
  }
  for (const auto& [path, most] : json_ages_) {
    const auto value = json_at(*document, path);
    if (!value) return value.error().message;
    if (auto wrong = age_objection(path, *value, most, now); !wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace nocturn::monitoring
