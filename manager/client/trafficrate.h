// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QtTypes>

namespace Bulkhead
{

/// What goes over the link between a qube and its net qube, in bytes a second.
struct TrafficRate {
    quint64 sent = 0; ///< by the qube
    quint64 received = 0;

    friend bool operator==(const TrafficRate &, const TrafficRate &) = default;
};

} // namespace Bulkhead
