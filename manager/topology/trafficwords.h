// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/trafficrate.h"

#include <QString>

#include <cstdint>

namespace Bulkhead
{

/// How much goes over a link: what a person can tell by the line's thickness (spec ui 7.3).
enum class TrafficStep : std::uint8_t {
    Idle,
    Little, ///< less than 100 kB/s, both ways together
    Some,   ///< less than 5 MB/s
    Much,
};

[[nodiscard]] TrafficStep stepOf(const TrafficRate &rate);
/// "under 100 kB/s", for the legend.
[[nodiscard]] QString stepWords(TrafficStep step);

/// "1.2 MB/s", short: two or three digits.
[[nodiscard]] QString rateWords(quint64 bytesPerSecond);
/// "↑ 12 kB/s" and "↓ 1.2 MB/s": what stands on the link.
[[nodiscard]] QString sentWords(const TrafficRate &rate);
[[nodiscard]] QString receivedWords(const TrafficRate &rate);
/// "work sends 12 kB/s and receives 1.2 MB/s."
/// @param who  a qube's name, or words for several
[[nodiscard]] QString trafficSentence(const QString &who, const TrafficRate &rate);

} // namespace Bulkhead
