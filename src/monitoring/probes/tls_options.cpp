#include "monitoring/probes/tls_options.h"

#include "monitoring/probes/options.h"

namespace nocturn::monitoring {

net::TlsOptions tls_options(const inventory::Options& options, const std::string& host) {
  net::TlsOptions tls;
  tls.verify = flag_option(options, "tls_verify", true);
  tls.ca_file = text_option(options, "ca_file");
  tls.server_name = text_option(options, "server_name", host);
  return tls;
}

std::string certificate_objection(const net::TlsFacts& facts, double days, double wanted) {
  if (wanted < 0 || days >= wanted) return {};
  return fmt::format("the certificate ends in {:.1f} days ({}), at least {} expected", days,
                     to_rfc3339(facts.not_after), wanted);
}

}  // namespace nocturn::monitoring
