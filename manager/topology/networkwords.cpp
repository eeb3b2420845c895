// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkwords.h"

#include <KLocalizedString>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString stateOfLink(LinkState state)
{
    switch (state) {
    case LinkState::None:
        return i18nc("@info for a screen reader: state of a link", "no link");
    case LinkState::Idle:
        return i18nc("@info for a screen reader: state of a link", "not in use");
    case LinkState::Connected:
        return i18nc("@info for a screen reader: state of a link", "connected");
    case LinkState::Broken:
        return i18nc("@info for a screen reader: state of a link", "broken");
    }
    std::unreachable();
}

QString endWords(const NetworkChain &chain)
{
    switch (chain.end) {
    case NetworkChain::End::Outside:
        return i18nc("@info end of a path: the internet and the local network", "outside");
    case NetworkChain::End::NoNetwork:
        return i18nc("@info end of a path", "no network");
    case NetworkChain::End::Missing:
        return i18nc("@info end of a path; %1 a name that no qube has", "%1 (does not exist)", chain.missing);
    case NetworkChain::End::Loop:
        return i18nc("@info end of a path that leads back to one of its own hops", "a loop");
    }
    std::unreachable();
}

} // namespace

QString chainWords(const NetworkChain &chain)
{
    QStringList words = chain.hops;
    words << endWords(chain);
    return words.join(u" → "_s);
}

QStringList networkWarnings(const NetworkGraph &graph, const QString &name)
{
    const QubeInfo *qube = graph.find(name);
    if (qube == nullptr) {
        return {};
    }
    QStringList warnings;
    const NetworkChain chain = graph.chainOf(name);
    if (chain.end == NetworkChain::End::Missing) {
        warnings << i18nc(
            "@info %1 a name that no qube has", "The net qube %1 does not exist. Choose another one.", chain.missing);
    } else if (chain.end == NetworkChain::End::Loop) {
        warnings << i18nc("@info", "The path leads in a circle. Choose another net qube.");
    } else if (chain.end == NetworkChain::End::NoNetwork && chain.hops.size() > 1) {
        warnings << i18nc(
            "@info %1 a qube's name", "%1 has no network itself. Choose another net qube.", chain.hops.last());
    } else if (const QString obstacle = graph.obstacleOf(name); !obstacle.isEmpty()) {
        warnings << i18nc("@info %1 a qube's name", "%1 does not run, so nothing reaches the outside.", obstacle);
    }
    if (qube->kind == QubeKind::Template && !qube->netQube.isEmpty()) {
        warnings << i18nc("@info", "A template with a network: everything made of it could be changed from outside.");
    }
    return warnings;
}

QString linkWords(const NetworkGraph &graph, const QString &client)
{
    return i18nc("@info for a screen reader; %1 and %2 names of qubes, %3 the link's state",
                 "link, %1 to %2, %3",
                 client,
                 graph.providerOf(client),
                 stateOfLink(graph.linkState(client)));
}

QString subjectWords(const QStringList &qubes)
{
    return qubes.size() == 1 ? qubes.first()
                             : i18ncp("@info who a change is about", "%1 qube", "%1 qubes", qubes.size());
}

QString outsideWords()
{
    return i18nc("@item node of the network's picture", "Internet and local network");
}

} // namespace Bulkhead
