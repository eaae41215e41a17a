#pragma once

#include "monitoring/probe.h"

// One function per probe kind; registry.cpp lists them. Whoever adds a kind adds a line here.
namespace nocturn::monitoring {

ProbeKind http_kind();
ProbeKind tcp_kind();
ProbeKind tls_kind();
ProbeKind dns_kind();
ProbeKind icmp_kind();
ProbeKind smtp_kind();
ProbeKind ssh_kind();
ProbeKind z3950_kind();
ProbeKind sru_kind();
ProbeKind postgresql_kind();
ProbeKind command_kind();

}  // namespace nocturn::monitoring
