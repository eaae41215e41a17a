#include "app/sign_in_providers.h"

#include "app/environment.h"
#include "inventory/secret.h"

namespace nocturn::app {

identity::OidcSettingsPtr sign_in_providers(const inventory::Cloud& cloud) {
  auto settings = std::make_shared<identity::OidcSettings>();
  settings->hub_url = cloud.sign_in.hub_url;
  for (const inventory::SignInProvider& provider : cloud.sign_in.providers) {
    identity::OidcProvider known{.id = provider.id,
                                 .name = provider.name,
                                 .issuer = provider.issuer,
                                 .client_id = provider.client_id,
                                 .client_secret = {},
                                 .login_claim = provider.login_claim,
                                 .domains = provider.domains,
                                 .ca_file = provider.ca_file};
    if (!provider.client_secret.empty())
      known.client_secret = [reference = provider.client_secret] {
        return inventory::read_secret(reference, environment_variable);
      };
    settings->providers.push_back(std::move(known));
  }
  return settings;
}

}  // namespace nocturn::app
