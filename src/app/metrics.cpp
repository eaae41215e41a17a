#include "app/metrics.h"

namespace nocturn::app {
namespace {

template <class Number>
void add(std::string& out, std::string_view name, std::string_view type, std::string_view sentence,
         Number value) {
  out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, sentence, type, value);
}

// Ids of targets are of a fixed alphabet: nothing to escape.
void add_copies(std::string& out, const std::vector<publishing::TargetState>& copies) {
  const auto each = [&](std::string_view name, std::string_view type, std::string_view sentence,
                        const auto& value) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, sentence, type);
    for (const publishing::TargetState& copy : copies)
      if (const auto number = value(copy))
        out += fmt::format("{}{{target=\"{}\"}} {}\n", name, copy.id, *number);
  };
  using publishing::TargetState;
  each("nocturn_copy_age_seconds", "gauge",
       "Since the pages of the static copy there were made; absent when this hub brought none.",
       [](const TargetState& copy) {
         return copy.generated_at ? std::optional(std::chrono::duration<double>(copy.age).count())
                                  : std::nullopt;
       });
  each("nocturn_copy_failing", "gauge", "1 while static copies do not arrive there.",
       [](const TargetState& copy) {
         return std::optional(copy.standing == publishing::Standing::failing ? 1 : 0);
       });
  each("nocturn_copies_total", "counter", "Static copies brought there.",
       [](const TargetState& copy) { return std::optional(copy.copies); });
  each("nocturn_copy_failures_total", "counter", "Attempts to bring a static copy that failed.",
       [](const TargetState& copy) { return std::optional(copy.failures); });
}

void add_deliveries(std::string& out, const notifications::Postman::Facts& deliveries) {
  out +=
      "# HELP nocturn_deliveries_total Notices that ended on their way to a recipient, by how.\n"
      "# TYPE nocturn_deliveries_total counter\n";
  for (const auto& [state, count] :
       {std::pair("sent", deliveries.sent), std::pair("refused", deliveries.refused),
        std::pair("given_up", deliveries.given_up)})
    out += fmt::format("nocturn_deliveries_total{{state=\"{}\"}} {}\n", state, count);
  add(out, "nocturn_delivery_failures_total", "counter", "Tries that are to be made again.",
      deliveries.deferred);
  add(out, "nocturn_deliveries_in_hand", "gauge", "Notices on their way.", deliveries.in_hand);
  add(out, "nocturn_mail_stopped", "gauge", "1 while no mail goes out.",
      deliveries.complaint.empty() ? 0 : 1);
  add(out, "nocturn_subscriptions_turned_away_total", "counter",
      "Requests to subscribe beyond the pace of all together.", deliveries.turned_away);
}

}  // namespace

std::string metrics_text(const Vitals& vitals,
                         const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string out;
  add(out, "nocturn_http_requests_total", "counter", "HTTP requests received.",
      vitals.http.requests);
  add(out, "nocturn_http_pages_total", "counter", "Answers that were prepared pages.",
      vitals.http.pages);
  add(out, "nocturn_http_not_modified_total", "counter", "Answers 304.", vitals.http.not_modified);
  add(out, "nocturn_http_handled_total", "counter", "Answers computed by a worker.",
      vitals.http.handled);
  add(out, "nocturn_http_refused_total", "counter", "Requests refused because of a limit.",
      vitals.http.refused);
  add(out, "nocturn_http_connections", "gauge", "Open connections.", vitals.http.connections);
  add(out, "nocturn_http_streams", "gauge", "Open event streams.", vitals.http.streams);
  out +=
      "# HELP nocturn_probes_total Probes executed, by outcome.\n"
      "# TYPE nocturn_probes_total counter\n";
  out += fmt::format("nocturn_probes_total{{outcome=\"passed\"}} {}\n", vitals.probes.passed);
  out += fmt::format("nocturn_probes_total{{outcome=\"failed\"}} {}\n", vitals.probes.failed);
  out += fmt::format("nocturn_probes_total{{outcome=\"cannot_tell\"}} {}\n",
                     vitals.probes.cannot_tell);
  add(out, "nocturn_probes_late_total", "counter", "Probes that started late or were skipped.",
      vitals.probes.late);
  add(out, "nocturn_ledger_entries", "gauge", "Entries under the newest checkpoint.",
      vitals.ledger_entries);
  add(out, "nocturn_ledger_refuses", "gauge", "1 while the ledger refuses to record.",
      vitals.ledger_refuses ? 1 : 0);
  add(out, "nocturn_verdicts_waiting", "gauge",
      "Events not recorded yet; while recording works, few and briefly.", vitals.verdicts_waiting);
  add(out, "nocturn_configuration_faults", "gauge",
      "Mistakes in the written configuration; while not 0, an older one runs.",
      vitals.configuration_faults);
  if (vitals.certificate_ends) {
    add(out, "nocturn_certificate_not_after", "gauge",
        "When the certificate in use ends, in seconds since 1970.",
        std::chrono::duration_cast<std::chrono::seconds>(
            vitals.certificate_ends->time_since_epoch())
            .count());
    add(out, "nocturn_certificate_refused", "gauge",
        "1 while the certificate or key on disk is wrong and an older pair serves.",
        vitals.certificate_refused ? 1 : 0);
  }
  add(out, "nocturn_page_rebuilds_total", "counter", "How often the pages were prepared.",
      vitals.page_rebuilds);
  add(out, "nocturn_page_age_seconds", "gauge", "Since the pages were last prepared.",
      vitals.page_age_seconds);
  add_deliveries(out, vitals.deliveries);
  if (!vitals.copies.empty()) add_copies(out, vitals.copies);
  out +=
      "# HELP nocturn_instance_state The indicator that the public sees.\n"
      "# TYPE nocturn_instance_state gauge\n";
  for (const auto& [instance, state] : rows)  // both are of a fixed alphabet: nothing to escape
    out +=
        fmt::format("nocturn_instance_state{{instance=\"{}\",state=\"{}\"}} 1\n", instance, state);
  return out;
}

}  // namespace nocturn::app
