#include "monitoring/probes/sru_answer.h"

#include <pugixml.hpp>

#include <charconv>
#include <sstream>

#include "base/text.h"

namespace nocturn::monitoring::sru {
namespace {

constexpr std::string_view kDiagnosticList = "info:srw/diagnostic/1/";

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_of(const pugi::xml_node& parent, std::string_view name) {
  for (const pugi::xml_node& child : parent.children()) {
    if (local_name(child) == name) return child;
  }
  return {};
}

std::string text_of(const pugi::xml_node& node) {
  return std::string(trim(node.text().as_string()));
}

Diagnostic take_diagnostic(const pugi::xml_node& node) {
  Diagnostic diagnostic{.number = text_of(child_of(node, "uri")),
                        .message = text_of(child_of(node, "message")),
                        .details = text_of(child_of(node, "details"))};
  if (diagnostic.number.starts_with(kDiagnosticList)) {
    diagnostic.number.erase(0, kDiagnosticList.size());
  }
  return diagnostic;
}

// Joins all text below a node. pugixml walks without recursion, however deep a hostile answer is.
class TextGatherer : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
      text += node.value();
      text += ' ';
    }
    return true;
  }
  std::string text;
};

Answer::Record take_record(const pugi::xml_node& record) {
  Answer::Record taken;
  pugi::xml_node data = child_of(record, "recordData");
  const std::string schema = text_of(child_of(record, "recordSchema"));
  const pugi::xml_node diagnostic = child_of(data, "diagnostic");
  if (diagnostic && schema.find("diagnostic") != schema.npos) {
    taken.diagnostic = take_diagnostic(diagnostic);
    return taken;
  }
  std::ostringstream markup;
  for (const pugi::xml_node& part : data.children()) {
    part.print(markup, "", pugi::format_raw);
  }
  taken.markup = std::move(markup).str();
  TextGatherer gatherer;
  data.traverse(gatherer);
  taken.text = std::move(gatherer.text);
  return taken;
}

}  // namespace

std::string Diagnostic::text() const {
  std::string text = fmt::format("diagnostic {}", number);
  if (!message.empty()) text += ": " + message;
  if (!details.empty()) text += " (" + details + ")";
  return text;
}

bool Answer::Record::contains(std::string_view wanted) const {
  return text.find(wanted) != text.npos || markup.find(wanted) != markup.npos;
}

Result<Answer> parse_answer(std::string_view body) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(body.data(), body.size());
  if (!parsed) {
    return fail(ErrorCode::corrupt, "the answer is not XML: {} at byte {}", parsed.description(),
                parsed.offset);
  }
  const pugi::xml_node root = document.document_element();
  if (local_name(root) != "searchRetrieveResponse") {
    return fail(ErrorCode::corrupt, "the answer is <{}>, not <searchRetrieveResponse>",
                local_name(root).substr(0, 80));
  }
  Answer answer;
  const std::string count = text_of(child_of(root, "numberOfRecords"));
  std::int64_t hits = 0;
  const auto read = std::from_chars(count.data(), count.data() + count.size(), hits);
  if (!count.empty() && read.ec == std::errc() && read.ptr == count.data() + count.size() &&
      hits >= 0) {
    answer.hits = hits;
  }
  if (const auto diagnostic = child_of(child_of(root, "diagnostics"), "diagnostic")) {
    answer.diagnostic = take_diagnostic(diagnostic);
  }
  if (const auto record = child_of(child_of(root, "records"), "record")) {
    answer.first = take_record(record);
  }
  return answer;
}

std::string query_string(const Search& search) {
  std::string text;
  // SRU 2.0 knows neither parameter: a request with a query is a search.
  if (search.version != "2.0") text = "version=" + search.version + "&operation=searchRetrieve&";
  text += "query=" + escape_url(search.query) + "&maximumRecords=1";
  if (!search.schema.empty()) text += "&recordSchema=" + escape_url(search.schema);
  return text;
}

}  // namespace nocturn::monitoring::sru
