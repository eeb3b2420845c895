// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>

#include <functional>
#include <optional>

namespace Bulkhead
{

/// What is known of a qube beside its properties, as far as links between qubes are judged by it.
struct QubeTraits {
    QStringList tags;          ///< sorted
    QString startProhibited;   ///< why it must not be started, in the words of whoever said so; empty: it may
    bool takesIntoTor = false; ///< as a net qube: dom0 told it to take what clients send into Tor
    bool appliesRules = true;  ///< as a net qube: it enforces its clients' firewall rules, unless it is known not to
    bool isFiltered = false;   ///< its own firewall rules let less than everything through

    friend bool operator==(const QubeTraits &, const QubeTraits &) = default;
};

/// A feature's value; nothing where it is not set.
using FeatureValue = std::optional<QByteArray>;
using FeatureOf = std::function<FeatureValue(const QString &feature)>;

/// The features that traits are made of, the qube's own or else its template's.
[[nodiscard]] const QStringList &inheritedTraitFeatures();
/// The feature that counts only where the qube itself has it.
[[nodiscard]] QString startProhibitedFeature();

/// @param inherited  asked for inheritedTraitFeatures() alone
/// @param own  startProhibitedFeature() of the qube itself
/// @param rules  its firewall, one rule a line; nothing: not known
/// @source spec qube-model 6.1; docs/protocol/guest-settings.md
[[nodiscard]] QubeTraits traitsOf(const FeatureOf &inherited,
                                  const FeatureValue &own,
                                  QStringList tags,
                                  const std::optional<QStringList> &rules);

} // namespace Bulkhead
