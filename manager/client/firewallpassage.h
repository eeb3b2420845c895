// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>

namespace Bulkhead
{

/// What the rules of a qube let through. They are enforced by its net qube, outside of it.
enum class Passage : std::uint8_t { Everything, Filtered, Nothing, Unknown };

/// The parts of one firewall rule by their words, as far as they say something of packets: a comment, which is a
/// person's, and the rule's end are left out.
/// @source spec admin-api 8.10
using FirewallParts = QHash<QString, QString>;

[[nodiscard]] FirewallParts partsOfRule(const QString &rule);
[[nodiscard]] bool isAcceptRule(const FirewallParts &parts);
/// What a list of rules, one a line as `admin.vm.firewall.Get` has them, comes to. Never Unknown.
[[nodiscard]] Passage passageOf(const QStringList &rules);

} // namespace Bulkhead
