#pragma once

#include "identity/oidc.h"
#include "inventory/model.h"

// The sign-in providers of the configuration as identity knows them.
namespace nocturn::app {

// Secrets are read when they are needed, so that a new one needs no restart.
identity::OidcSettingsPtr sign_in_providers(const inventory::Cloud& cloud);

}  // namespace nocturn::app
