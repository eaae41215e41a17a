#include "web/form_body.h"

#include <algorithm>

#include "base/text.h"

namespace nocturn::web {
namespace {

constexpr std::size_t kLongestBoundary = 70;  // RFC 2046 section 5.1.1

std::unexpected<Error> too_much() { return fail(ErrorCode::limited, "the form is too large"); }
std::unexpected<Error> broken_form() { return fail(ErrorCode::invalid, "the form is broken"); }

Result<Form> read_urlencoded(std::string_view body) {
  if (body.size() > kLargestForm) return too_much();
  Form form;
  std::size_t fields = 0;
  for (const std::string_view field : split(body, '&')) {
    if (field.empty()) continue;
    if (++fields > kMostFields) return too_much();
    const std::size_t equals = field.find('=');
    auto name = unescape_url(field.substr(0, equals), true);
    auto value =
        unescape_url(equals == field.npos ? std::string_view() : field.substr(equals + 1), true);
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) return broken_form();
    form.add(*std::move(name), *std::move(value));
  }
  return form;
}

// The value of a parameter: `name` of "form-data; name=\"x\"". Empty: there is none.
std::string_view parameter(std::string_view header, std::string_view wanted) {
  for (std::string_view part : split(header, ';')) {
    part = trim(part);
    const std::size_t equals = part.find('=');
    if (equals == part.npos || lower_ascii(part.substr(0, equals)) != wanted) continue;
    std::string_view value = part.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

// The name of the field that a part's head tells; empty when it tells none.
std::string_view field_name(std::string_view head) {
  for (std::string_view line : split(head, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == line.npos || lower_ascii(line.substr(0, colon)) != "content-disposition") continue;
    return parameter(trim(line.substr(colon + 1)), "name");
  }
  return {};
}

Result<Form> read_multipart(std::string_view body, std::string_view boundary) {
  if (body.size() > kLargestMultipart) return too_much();
  if (boundary.empty() || boundary.size() > kLongestBoundary || !is_utf8(body))
    return broken_form();
  const std::string mark = fmt::format("--{}", boundary);
  Form form;
  std::size_t at = body.find(mark);
  while (at != body.npos) {
    body.remove_prefix(at + mark.size());
    if (body.starts_with("--")) return form;
    at = body.find(fmt::format("\r\n{}", mark));
    const std::string_view part = body.substr(0, at);
    const std::size_t gap = part.find("\r\n\r\n");
    if (at == body.npos || !part.starts_with("\r\n") || gap == part.npos) return broken_form();
    const std::string_view name = field_name(part.substr(2, gap - 2));
    if (name.empty()) return broken_form();
    form.add(std::string(name), std::string(part.substr(gap + 4)));
    at += 2;
  }
  return broken_form();
}

}  // namespace

void Form::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

std::string_view Form::text(std::string_view name) const {
  const auto found =
      std::ranges::find_if(fields_, [&](const auto& field) { return field.first == name; });
  return found == fields_.end() ? std::string_view() : found->second;
}

std::vector<std::string> Form::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [field, value] : fields_)
    if (field == name) values.push_back(value);
  return values;
}

bool Form::has(std::string_view name, std::string_view value) const {
  return std::ranges::any_of(
      fields_, [&](const auto& field) { return field.first == name && field.second == value; });
}

Result<Form> read_form(const net::Request& request) {
  if (request.body.empty()) return Form();
  const std::string_view header = request.header("content-type");
  const std::string type = lower_ascii(trim(header.substr(0, header.find(';'))));
  if (type == "application/x-www-form-urlencoded") return read_urlencoded(request.body);
  if (type == "multipart/form-data")
    return read_multipart(request.body, parameter(header, "boundary"));
  return fail(ErrorCode::unsupported, "a form is wanted");
}

}  // namespace nocturn::web
