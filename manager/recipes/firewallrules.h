// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <expected>

namespace Bulkhead
{

/// Rules that let a qube reach the networks around the machine and nothing of the internet: private and link-local
/// addresses without the qubes' own, and no name server, because a question for a name is a way out, too.
[[nodiscard]] QStringList localNetworkRules();

/// What a person may call a destination: a host's name or an address, with a port or without. `example.org:443`,
/// `192.0.2.7`, `[2001:db8::1]:22`, `2001:db8::1`.
/// @return one rule, or a sentence that says what is wrong with the text
[[nodiscard]] std::expected<QString, QString> ruleForDestination(const QString &text);

/// Rules that let a qube reach these destinations and the name servers, and nothing else.
/// @param destinations  each as ruleForDestination() takes it; those that it does not take are left out
[[nodiscard]] QStringList onlyTheseRules(const QStringList &destinations);

} // namespace Bulkhead
