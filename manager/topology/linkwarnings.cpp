// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/linkwarnings.h"

#include "manager/topology/networkwords.h"
#include "manager/topology/torqubes.h"

#include <KLocalizedString>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

bool reachesOutside(const NetworkChain &chain)
{
    return chain.end == NetworkChain::End::Outside;
}

/// The network before and after, and whom the change is about.
class Comparison
{
public:
    Comparison(const NetworkGraph &graph, const QHash<QString, QString> &providers)
        : m_graph(graph)
        , m_providers(providers)
        , m_clients(providers.keys())
    {
        m_clients.sort();
        m_concerned = m_clients;
        for (const QString &client : std::as_const(m_clients)) {
            m_concerned += graph.downstreamOf(client);
        }
        m_concerned.removeDuplicates();
        m_concerned.removeIf([&graph](const QString &name) {
            return graph.find(name) == nullptr;
        });
    }

    [[nodiscard]] QStringList warnings() const
    {
        QStringList found = outOfTor();
        found += templates();
        found += disposables();
        found += unapplied();
        for (const QString &target : targets()) {
            found += straight(target);
            found += unreachable(target);
        }
        return found;
    }

private:
    [[nodiscard]] const QubeInfo &qube(const QString &name) const
    {
        return *m_graph.find(name);
    }

    [[nodiscard]] NetworkChain after(const QString &name) const
    {
        return m_graph.chainOf(name, m_providers);
    }

    [[nodiscard]] bool isThroughTor(const NetworkChain &chain) const
    {
        return std::ranges::any_of(chain.hops.sliced(1), [this](const QString &hop) {
            return isTorGateway(qube(hop));
        });
    }

    template<typename Test> [[nodiscard]] QStringList concerned(const Test &test) const
    {
        QStringList names = m_concerned;
        names.removeIf([&test](const QString &name) {
            return !test(name);
        });
        return names;
    }

    [[nodiscard]] QStringList outOfTor() const
    {
        const QStringList leaving = concerned([this](const QString &name) {
            const NetworkChain then = after(name);
            return !isTorGateway(qube(name)) && reachesOutside(then) && !isThroughTor(then)
                && (belongsBehindTor(qube(name)) || isThroughTor(m_graph.chainOf(name)));
        });
        return leaving.isEmpty() ? QStringList()
                                 : QStringList{i18nc("@info %1 a qube's name or a number of qubes",
                                                     "%1 would leave Tor: whoever is reached would see from where.",
                                                     subjectWords(leaving))};
    }

    [[nodiscard]] QStringList templates() const
    {
        QStringList words;
        for (const QString &name : m_concerned) {
            if (qube(name).kind == QubeKind::Template && reachesOutside(after(name))
                && !reachesOutside(m_graph.chainOf(name))) {
                words << i18nc("@info %1 a template's name",
                               "%1 is a template and would get a network: everything made of it could be changed from "
                               "outside.",
                               name);
            }
        }
        return words;
    }

    /// Of disposables that stand still, too: their parent may have lost what they have.
    [[nodiscard]] QStringList disposables() const
    {
        QStringList words;
        for (const QString &name : m_graph.disposables()) {
            const QString parent = parentOf(name);
            const bool isConcerned = m_concerned.contains(name) || m_concerned.contains(parent);
            if (isConcerned && !parent.isEmpty() && isWider(name, parent)) {
                words << i18nc("@info %1 a disposable's name, %2 the name of the qube that it is made of or for",
                               "%1 is a disposable and would have a wider network than %2, where it comes from.",
                               name,
                               parent);
            }
        }
        return words;
    }

    /// Who had it made, as the core notes it, or else what it is made of; empty: neither is known.
    [[nodiscard]] QString parentOf(const QString &name) const
    {
        const QubeInfo &info = qube(name);
        constexpr auto makerTag = "disp-created-by-"_L1;
        for (const QString &tag : info.traits.tags) {
            if (tag.startsWith(makerTag) && m_graph.find(tag.sliced(makerTag.size())) != nullptr) {
                return tag.sliced(makerTag.size());
            }
        }
        return m_graph.find(info.templateName) == nullptr ? QString() : info.templateName;
    }

    /// It is no wider as long as all it sends goes through the parent's net qube.
    [[nodiscard]] bool isWider(const QString &name, const QString &parent) const
    {
        const NetworkChain own = after(name);
        const NetworkChain of = after(parent);
        return reachesOutside(own)
            && (!reachesOutside(of) || (of.hops.size() > 1 && !own.hops.sliced(1).contains(of.hops.at(1))));
    }

    [[nodiscard]] QStringList unapplied() const
    {
        QStringList words;
        for (const QString &client : m_clients) {
            const QubeInfo *target = m_graph.find(m_providers.value(client));
            const QubeInfo *info = m_graph.find(client);
            if (info != nullptr && target != nullptr && info->traits.isFiltered && !target->traits.appliesRules) {
                words << i18nc("@info %1 and %2 names of qubes",
                               "%1 has firewall rules, and %2 can not apply them: nothing would be held back.",
                               client,
                               target->name);
            }
        }
        return words;
    }

    /// New net qubes that there are.
    [[nodiscard]] QStringList targets() const
    {
        QStringList names;
        for (const QString &client : m_clients) {
            const QString target = m_providers.value(client);
            if (m_graph.find(target) != nullptr && target != m_graph.providerOf(client) && !names.contains(target)) {
                names << target;
            }
        }
        return names;
    }

    [[nodiscard]] QStringList straight(const QString &target) const
    {
        const bool hasClient = std::ranges::any_of(m_clients, [this, &target](const QString &client) {
            const QubeInfo *info = m_graph.find(client);
            return info != nullptr && !info->providesNetwork && m_providers.value(client) == target;
        });
        const bool isEnd = after(target).hops.size() == 1 && reachesOutside(after(target));
        return hasClient && isEnd
            ? QStringList{i18nc("@info %1 a qube's name",
                                "%1 faces the outside itself: no firewall qube would stand between.",
                                target)}
            : QStringList();
    }

    [[nodiscard]] QStringList unreachable(const QString &target) const
    {
        const NetworkChain chain = after(target);
        if (!reachesOutside(chain)) {
            return {i18nc("@info %1 a qube's name", "%1 does not reach the outside itself.", target)};
        }
        if (!isUp(qube(target).state)) {
            return {}; // what it needs is started with it
        }
        for (const QString &hop : chain.hops.sliced(1)) {
            if (qube(hop).state != QubeState::Running) {
                return {
                    i18nc("@info %1 and %2 names of qubes", "%1, which %2 goes through, does not run.", hop, target)};
            }
        }
        return {};
    }

    const NetworkGraph &m_graph;
    const QHash<QString, QString> &m_providers;
    QStringList m_clients;   ///< sorted
    QStringList m_concerned; ///< they, and whoever stands behind them
};

} // namespace

QStringList linkWarnings(const NetworkGraph &graph, const QHash<QString, QString> &providers)
{
    return Comparison(graph, providers).warnings();
}

} // namespace Bulkhead
