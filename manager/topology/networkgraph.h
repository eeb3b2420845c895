// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"

#include <QHash>
#include <QSet>
#include <QString>
#include <QStringList>

namespace Bulkhead
{

/// The way of one qube's packets as the core has it.
struct NetworkChain {
    enum class End : std::uint8_t {
        Outside,   ///< the last hop has no net qube and reaches the world by itself
        NoNetwork, ///< the last hop has no net qube and does not: it is cut off
        Missing,   ///< the last hop names a net qube that the core does not list
        Loop, ///< the last hop names one of the hops before it; the core does not allow it, an older store may hold it
    };

    QStringList hops; ///< the qube first, then each net qube as far as it is known
    End end = End::NoNetwork;
    QString missing; ///< only for Missing: the name that nobody has

    friend bool operator==(const NetworkChain &, const NetworkChain &) = default;
};

/// How a qube's link to its net qube stands.
enum class LinkState : std::uint8_t {
    None,      ///< there is no link
    Idle,      ///< the client does not run, so nothing goes along it
    Connected, ///< the client and each hop up to the outside run
    Broken,    ///< the client runs and a hop does not, or the chain does not reach the outside
};

/// Who reaches the network through whom: qubes by name, each with at most one net qube. A value without signals;
/// everything it answers is computed of what was stored, and no answer takes more steps than there are qubes, loops of
/// a broken store included.
class NetworkGraph
{
public:
    /// Adds or replaces a qube. True if something is different now.
    bool store(const QubeInfo &qube);
    bool remove(const QString &name);

    /// Nothing if there is no such qube. Valid until the next change.
    [[nodiscard]] const QubeInfo *find(const QString &name) const;
    [[nodiscard]] QStringList names() const; ///< sorted
    [[nodiscard]] qsizetype size() const;
    [[nodiscard]] QStringList disposables() const; ///< sorted

    /// The net qube's name, also of one that is not listed; empty: none.
    [[nodiscard]] QString providerOf(const QString &client) const;
    [[nodiscard]] QStringList clientsOf(const QString &provider) const; ///< sorted; also of a name that is not listed
    [[nodiscard]] NetworkChain chainOf(const QString &name) const;
    /// The same with some net qubes other than they are: what would be after a change.
    /// @param providers  client to its new net qube, empty for none
    [[nodiscard]] NetworkChain chainOf(const QString &name, const QHash<QString, QString> &providers) const;
    /// Everything whose packets go through the qube, without the qube; sorted.
    [[nodiscard]] QStringList downstreamOf(const QString &name) const;
    [[nodiscard]] LinkState linkState(const QString &client) const;
    /// Which hop of the qube's chain keeps its packets from the outside; empty: none, or it does not run itself.
    [[nodiscard]] QString obstacleOf(const QString &name) const;

private:
    void link(const QString &client, const QString &provider);
    void unlink(const QString &client, const QString &provider);

    QHash<QString, QubeInfo> m_qubes;
    QHash<QString, QSet<QString>> m_clients; ///< by the provider's name
    QSet<QString> m_disposables;
};

/// Whether the picture of the network shows the qube, once its details are known: templates have no network of their
/// own and stay out of it, unless one has.
[[nodiscard]] bool isInNetworkPicture(const QubeInfo &qube);

} // namespace Bulkhead
