#include "notifications/bounces/bounce.h"

#include <memory>

#include <gmime/gmime.h>

#include "base/text.h"
#include "notifications/bounces/fields.h"
#include "notifications/letters/clean_text.h"

namespace nocturn::notifications {
namespace {

constexpr int kDeepest = 10, kMostParts = 100;
constexpr std::size_t kLongestSaid = 300;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Held = std::unique_ptr<T, Unref>;

// The parts of a mail that matter here.
struct Parts {
  Fields head;                   // of the mail itself
  std::vector<Fields> delivery;  // RFC 3464; the first group is about the whole mail
  std::vector<Fields> feedback;  // RFC 5965
  Fields returned;               // the head of the letter that came back
  std::string text;              // for people
};

bool is_a(GMimeObject* part, const char* type, const char* subtype) {
  return g_mime_content_type_is_type(g_mime_object_get_content_type(part), type, subtype);
}

std::string decoded(GMimeObject* part) {
  if (!GMIME_IS_PART(part)) return {};
  GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(part));
  if (content == nullptr) return {};
  const Held<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_data_wrapper_write_to_stream(content, stream.get());
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

Fields head_of(GMimeObject* object) {
  char* text = g_mime_object_get_headers(object, nullptr);
  std::vector<Fields> groups = field_groups(text == nullptr ? "" : text);
  g_free(text);
  return groups.empty() ? Fields() : std::move(groups.front());
}

class Walk {
 public:
  explicit Walk(Parts& parts) : parts_(parts) {}

  void visit(GMimeObject* part, int depth) {
    if (part == nullptr || depth > kDeepest || ++seen_ > kMostParts) return;
    if (GMIME_IS_MULTIPART(part)) {
      GMimeMultipart* many = GMIME_MULTIPART(part);
      for (int i = 0; i < g_mime_multipart_get_count(many); ++i)
        visit(g_mime_multipart_get_part(many, i), depth + 1);
    } else if (GMIME_IS_MESSAGE_PART(part)) {
      GMimeMessage* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
      if (message != nullptr && parts_.returned.empty())
        parts_.returned = head_of(GMIME_OBJECT(message));
    } else {
      take(part);
    }
  }

 private:
  void take(GMimeObject* part) {
    if (is_a(part, "message", "delivery-status") || is_a(part, "message", "global-delivery-status"))
      parts_.delivery = field_groups(decoded(part));
    else if (is_a(part, "message", "feedback-report"))
      parts_.feedback = field_groups(decoded(part));
    else if (is_a(part, "text", "rfc822-headers") || is_a(part, "message", "global-headers"))
      take_returned(decoded(part));
    else if (is_a(part, "text", "plain") && parts_.text.empty())
      parts_.text = decoded(part);
  }

  void take_returned(const std::string& text) {
    const std::vector<Fields> groups = field_groups(text);
    if (!groups.empty() && parts_.returned.empty()) parts_.returned = groups.front();
  }

  Parts& parts_;
  int seen_ = 0;
};

std::optional<Parts> take_apart(std::string_view mail) {
  static const bool ready = [] {
    g_mime_init();
    return true;
  }();
  CHECK(ready);
  const Held<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(mail.data(), mail.size()));
  const Held<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const Held<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
  if (!message) return std::nullopt;
  Parts parts;
  parts.head = head_of(GMIME_OBJECT(message.get()));
  Walk(parts).visit(g_mime_message_get_mime_part(message.get()), 0);
  return parts;
}

std::string clean(std::string_view said) {
  // "smtp; 550 …": the kind of server that said it.
  const std::size_t mark = said.find(';');
  if (mark != said.npos && said.substr(0, mark).find(' ') == said.npos)
    said.remove_prefix(mark + 1);
  return one_line(said, kLongestSaid);
}

std::string without_brackets(std::string_view id) {
  id = trim(id);
  if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
  return one_line(id, kLongestSaid);
}

// The groups after the first are one for each recipient; ours are one for each letter.
void read_delivery(const Parts& parts, Bounce& bounce) {
  for (const Fields& fields : parts.delivery) {
    if (lower_ascii(value_of(fields, "action")) != "failed") continue;
    const std::string said(value_of(fields, "diagnostic-code"));
    bounce.status = status_in(value_of(fields, "status"));
    // "5.0.0" and "4.0.0" say nothing that the server's own words may not say better.
    if (bounce.status.empty() || bounce.status.ends_with(".0.0"))
      if (const std::string better = status_in(said); !better.empty()) bounce.status = better;
    bounce.recipient = address_in(value_of(fields, "final-recipient"));
    if (bounce.recipient.empty())
      bounce.recipient = address_in(value_of(fields, "original-recipient"));
    bounce.said = clean(said);
    // Exim tells its own refusals in the text for people only.
    bounce.kind = meaning_of(bounce.status, said.empty() ? parts.text : said);
    return;
  }
}

void read_feedback(const Parts& parts, Bounce& bounce) {
  const Fields& report = parts.feedback.front();
  const std::string type = lower_ascii(value_of(report, "feedback-type"));
  // Some reports praise, or are about signatures.
  constexpr std::string_view kComplaints[] = {"abuse", "fraud",   "virus",
                                              "other", "opt-out", "opt-out-list"};
  for (const std::string_view complaint : kComplaints)
    if (type == complaint) bounce.kind = Bounce::Kind::complaint;
  if (bounce.kind != Bounce::Kind::complaint) return;
  bounce.recipient = address_in(value_of(report, "original-rcpt-to"));
  bounce.said = one_line("feedback: " + type, kLongestSaid);
}

bool is_from_a_server(const Fields& head) {
  const std::string from = lower_ascii(value_of(head, "from"));
  return trim(value_of(head, "return-path")) == "<>" || from.find("mailer-daemon") != from.npos ||
         from.find("postmaster") != from.npos || from.find("mail delivery") != from.npos;
}

bool is_answered_by_a_program(const Fields& head) {
  const std::string subject = lower_ascii(value_of(head, "subject"));
  return lower_ascii(value_of(head, "auto-submitted")).starts_with("auto-replied") ||
         !value_of(head, "x-autoreply").empty() || !value_of(head, "x-autorespond").empty() ||
         lower_ascii(value_of(head, "precedence")) == "auto_reply" ||
         subject.starts_with("out of office") || subject.starts_with("automatic reply");
}

// The line of the report with the server's words: the first with a code in it.
std::string_view telling_line(std::string_view report) {
  for (const std::string_view line : split(report, '\n'))
    if (!status_in(line).empty() || reply_code_in(line) != 0) return trim(line);
  return {};
}

std::string first_address(std::string_view report) {
  for (const std::string_view line : split(report, '\n'))
    if (line.find('@') != line.npos)
      for (const std::string_view word : split(line, ' ')) {
        std::string_view bare = trim(word);
        while (bare.ends_with(':')) bare.remove_suffix(1);
        if (std::string address = address_in(bare); !address.empty()) return address;
      }
  return {};
}

// What qmail, old Exim and many appliances write: prose, then the letter.
void read_prose(const Parts& parts, Bounce& bounce) {
  const std::string failed = address_in(value_of(parts.head, "x-failed-recipients"));
  if (failed.empty() && (is_answered_by_a_program(parts.head) || !is_from_a_server(parts.head)))
    return;
  std::string_view report = parts.text;
  for (const std::string_view mark : {"\n---", "\nReturn-Path:", "\nReceived:"})
    report = report.substr(0, report.find(mark));
  const std::string_view said = telling_line(report);
  if (said.empty() && failed.empty()) return;
  bounce.status = status_in(said);
  if (bounce.status.starts_with('2')) return;
  bounce.recipient = failed.empty() ? first_address(report) : failed;
  bounce.said = clean(said);
  bounce.kind = meaning_of(bounce.status, said.empty() ? std::string_view(parts.text) : said);
}

// The letter behind the prose of such a report.
Fields returned_in_prose(std::string_view text) {
  for (const Fields& group : field_groups(text))
    if (!value_of(group, "message-id").empty()) return group;
  return {};
}

std::string token_of(std::string_view sent_to) {
  const std::string_view local = sent_to.substr(0, sent_to.rfind('@'));
  const std::size_t plus = local.find('+');
  return plus == local.npos ? std::string() : token_in(local.substr(plus + 1));
}

}  // namespace

std::string_view name_of(Bounce::Kind kind) {
  switch (kind) {
    case Bounce::Kind::none: return "none";
    case Bounce::Kind::hard: return "hard";
    case Bounce::Kind::soft: return "soft";
    case Bounce::Kind::complaint: return "complaint";
  }
  return "none";
}

Bounce read_bounce(std::string_view mail, std::string_view sent_to) {
  Bounce bounce;
  std::optional<Parts> parts = take_apart(mail.substr(0, kLongestBounce));
  if (!parts) return bounce;
  if (!parts->feedback.empty())
    read_feedback(*parts, bounce);
  else if (!parts->delivery.empty())
    read_delivery(*parts, bounce);
  else
    read_prose(*parts, bounce);
  if (bounce.kind == Bounce::Kind::none) return {};

  if (parts->returned.empty()) parts->returned = returned_in_prose(parts->text);
  bounce.token = token_of(sent_to);
  if (bounce.token.empty())
    bounce.token = token_in(value_of(parts->returned, lower_ascii(kDeliveryHeader)));
  bounce.message_id = without_brackets(value_of(parts->returned, "message-id"));
  return bounce;
}

}  // namespace nocturn::notifications
