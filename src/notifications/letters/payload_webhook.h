#pragma once

#include <span>
#include <string>
#include <string_view>

#include "notifications/letters/letter.h"

// What a program of the recipient's gets: a CloudEvent (specification 1.0, JSON, structured mode)
// and the signature that proves it is ours. docs/webhooks.md tells receivers; what stands there
// does not change without a line in CHANGELOG.md. Pure: a repeated request has the same body.
namespace nocturn::notifications {

inline constexpr std::string_view kWebhookContentType =
    "application/cloudevents+json; charset=utf-8";
inline constexpr std::string_view kSignatureHeader = "Nocturn-Signature";

// At most 256 KB: of more than 500 rows, and of very long texts, the number left out is told.
// `mine` as for letter().
std::string webhook_body(const Occasion& occasion, const Telling& telling,
                         std::span<const ToldRow> mine);

// "t=1795329910,v1=…": seconds since 1970 at which the request is made, and the HMAC-SHA-256 in
// hexadecimal of "<t>.<body>" with the secret's characters as key. A repeated request is signed
// anew, so that receivers may refuse old ones.
std::string webhook_signature(std::string_view secret, WallTime at, std::string_view body);

}  // namespace nocturn::notifications
