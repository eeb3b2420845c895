// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/qubetraits.h"

#include "manager/client/firewallpassage.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr auto takesIntoTor = "service.bulkhead-tor"_L1;
constexpr auto enforces = "qubes-firewall"_L1;
constexpr auto agentVersion = "qubes-agent-version"_L1;
constexpr auto system = "os"_L1;

bool isOn(const FeatureValue &value)
{
    return value && !value->isEmpty();
}

/// Ours enforce rules wherever they run and announce nothing. The field's agents announce what they can: one that
/// named its version and no firewall has none, and neither has Windows.
bool appliesRules(const FeatureOf &feature)
{
    if (const FeatureValue told = feature(QString(enforces))) {
        return isOn(told) && *told != "0";
    }
    return !isOn(feature(QString(agentVersion))) && feature(QString(system)).value_or(QByteArray()) != "Windows";
}

} // namespace

const QStringList &inheritedTraitFeatures()
{
    static const QStringList names{takesIntoTor, enforces, agentVersion, system};
    return names;
}

QString startProhibitedFeature()
{
    return u"prohibit-start"_s;
}

QubeTraits
traitsOf(const FeatureOf &inherited, const FeatureValue &own, QStringList tags, const std::optional<QStringList> &rules)
{
    tags.sort();
    return {.tags = std::move(tags),
            .startProhibited = QString::fromUtf8(own.value_or(QByteArray())).simplified(),
            .takesIntoTor = isOn(inherited(QString(takesIntoTor))),
            .appliesRules = appliesRules(inherited),
            .isFiltered = rules && passageOf(*rules) != Passage::Everything};
}

} // namespace Bulkhead
