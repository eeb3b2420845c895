// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/trafficwords.h"

#include <KFormat>
#include <KLocalizedString>

#include <algorithm>
#include <limits>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr quint64 kilobyte = 1000;
constexpr quint64 littleBelow = 100 * kilobyte; // bytes a second
constexpr quint64 someBelow = 5 * kilobyte * kilobyte;

quint64 wholeOf(const TrafficRate &rate)
{
    const quint64 room = std::numeric_limits<quint64>::max() - rate.sent;
    return rate.sent + std::min(rate.received, room);
}

} // namespace

TrafficStep stepOf(const TrafficRate &rate)
{
    const quint64 whole = wholeOf(rate);
    return whole == 0         ? TrafficStep::Idle
        : whole < littleBelow ? TrafficStep::Little
        : whole < someBelow   ? TrafficStep::Some
                              : TrafficStep::Much;
}

QString stepWords(TrafficStep step)
{
    switch (step) {
    case TrafficStep::Idle:
        return i18nc("@info how much goes over a link: nothing", "idle");
    case TrafficStep::Little:
        return i18nc("@info how much goes over a link; %1 like 100 kB/s", "under %1", rateWords(littleBelow));
    case TrafficStep::Some:
        return i18nc("@info how much goes over a link; %1 like 5 MB/s", "under %1", rateWords(someBelow));
    case TrafficStep::Much:
        return i18nc("@info how much goes over a link: more than the lines beside it", "more");
    }
    std::unreachable();
}

QString rateWords(quint64 bytesPerSecond)
{
    double leading = static_cast<double>(bytesPerSecond);
    while (leading >= static_cast<double>(kilobyte)) {
        leading /= static_cast<double>(kilobyte);
    }
    constexpr double roundedToTen = 9.95;
    const bool isExact = bytesPerSecond < kilobyte || leading >= roundedToTen || leading == static_cast<int>(leading);
    return i18nc(
        "@info a speed; %1 an amount of bytes, like 1.2 MB",
        "%1/s",
        KFormat().formatByteSize(static_cast<double>(bytesPerSecond), isExact ? 0 : 1, KFormat::MetricBinaryDialect));
}

QString sentWords(const TrafficRate &rate)
{
    return i18nc("@info on a link: what the qube sends; %1 a speed", "↑ %1", rateWords(rate.sent));
}

QString receivedWords(const TrafficRate &rate)
{
    return i18nc("@info on a link: what the qube receives; %1 a speed", "↓ %1", rateWords(rate.received));
}

QString trafficSentence(const QString &who, const TrafficRate &rate)
{
    return rate == TrafficRate{} ? i18nc("@info %1 a qube's name", "%1 sends and receives nothing.", who)
                                 : i18nc("@info %1 a qube's name, %2 and %3 speeds, like 1.2 MB/s",
                                         "%1 sends %2 and receives %3.",
                                         who,
                                         rateWords(rate.sent),
                                         rateWords(rate.received));
}

} // namespace Bulkhead
