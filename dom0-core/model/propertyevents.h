// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/event.h"
#include "dom0-core/model/model.h"
#include "dom0-core/model/properties.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// How a value is spelled in an event: "none" is `None`.
[[nodiscard]] std::string eventText(PropertyType type, const std::string &value);

/// What changed in one property, for the events about it.
struct PropertyChange {
    std::optional<QubeName> subject; ///< nothing: a global property
    std::string_view name;
    PropertyType type = PropertyType::Text;
    std::optional<std::string> oldText; ///< explicit or default; nothing if it had no value
    std::optional<std::string> newText; ///< nothing: it was reset
};

/// `property-pre-set`, or `property-pre-reset` and `property-pre-del`: before the change.
[[nodiscard]] std::vector<Event> eventsBefore(const PropertyChange &change);
/// `property-set`, or `property-reset` and `property-del`: after it.
[[nodiscard]] std::vector<Event> eventsAfter(const PropertyChange &change);

/// `property-reset:NAME` of one qube: a cache must be refreshed although nobody set the property.
[[nodiscard]] Event refreshed(const Qube &qube, std::string_view property);

/// What other values changed with a property of `qube`, in the model as it is after the change. They are delivered
/// before eventsAfter().
/// @source spec admin-api, 9.2 (derived notifications); qube-model, 11
[[nodiscard]] std::vector<Event> derivedEvents(const Model &model, const Qube &qube, std::string_view property);
/// The same for a feature that came, changed or went.
[[nodiscard]] std::vector<Event> derivedFeatureEvents(const Model &model, const Qube &qube, std::string_view feature);
/// The same for a global property.
[[nodiscard]] std::vector<Event> derivedGlobalEvents(const Model &model, const PropertyChange &change);

} // namespace Bulkhead
