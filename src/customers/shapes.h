#pragma once

#include "base/shape.h"
#include "customers/import.h"
#include "customers/model.h"

// How customers look in the API: JSON and the shapes that describe it. Pure.
namespace nocturn::customers {

Json to_json(const Institution& institution);
Json to_json(const Contact& contact);
Json to_json(const Asset& asset);
Json to_json(const Account& account);
Json to_json(const Import& import, bool imported);

namespace shapes {

Shape institution();
Shape contact();
Shape asset();
Shape account();
Shape import();

Shape institution_to_add();
Shape institution_to_change();
Shape contact_to_add();
Shape contact_to_change();
Shape asset_to_add();
Shape asset_to_change();
Shape asset_to_move();

}  // namespace shapes
}  // namespace nocturn::customers
