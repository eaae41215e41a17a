#pragma once

#include "inventory/kind.h"
#include "inventory/model.h"
#include "monitoring/probes/dialogue.h"
#include "net/tls_client.h"

// What kinds with a certificate in them share: the options and the judgement.
namespace nocturn::monitoring {

inline constexpr inventory::OptionSpec kTlsVerifyOption = {
    .name = "tls_verify",
    .type = inventory::OptionType::boolean,
    .default_text = "true",
    .sentence = "Whether the certificate must be valid for the host and not expired."};
inline constexpr inventory::OptionSpec kCaFileOption = {
    .name = "ca_file",
    .type = inventory::OptionType::text,
    .sentence = "A PEM file of certificates to trust besides the system's."};
inline constexpr inventory::OptionSpec kServerNameOption = {
    .name = "server_name",
    .type = inventory::OptionType::text,
    .sentence = "The name to ask for in TLS and to find in the certificate; else the target's."};
inline constexpr inventory::OptionSpec kCertificateDaysOption = {
    .name = "certificate_days",
    .type = inventory::OptionType::real,
    .sentence = "Days for which the server's certificate must still be valid.",
    .lowest = 0};

inline constexpr std::string_view kFamilies[] = {"any", "4", "6"};
inline constexpr inventory::OptionSpec kFamilyOption = {
    .name = "ip_family",
    .type = inventory::OptionType::text,
    .default_text = "any",
    .sentence = "Which of the name's addresses to use; one probe uses one address.",
    .choices = kFamilies};

// The options above; `host` stands in for an absent server_name.
net::TlsOptions tls_options(const inventory::Options& options, const std::string& host);

// "the certificate ends in 3.2 days (…), at least 14 expected", or empty. `wanted` below zero: not
// asked for.
std::string certificate_objection(const net::TlsFacts& facts, double days, double wanted);

}  // namespace nocturn::monitoring
