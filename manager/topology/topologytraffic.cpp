// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/untrustedtext.h"
#include "manager/topology/topologybar.h"
#include "manager/topology/topologypage.h"
#include "manager/topology/trafficbar.h"
#include "manager/topology/trafficitem.h"
#include "manager/topology/trafficlayer.h"
#include "manager/topology/trafficwords.h"

#include <algorithm>
#include <utility>

// The traffic as a layer of the picture: the page's part and the scene's. The rest stands in topologypage.cpp and
// topologyscene.cpp.
namespace Bulkhead
{

void TopologyPage::connectTraffic()
{
    m_trafficBar->hide();
    m_bar->setTrafficAvailable(m_traffic->isAvailable());
    connect(m_bar, &TopologyBar::trafficToggled, m_traffic.get(), &TrafficLayer::setShown);
    connect(m_traffic.get(), &TrafficLayer::availabilityChanged, this, [this] {
        m_bar->setTrafficAvailable(m_traffic->isAvailable());
    });
    connect(m_traffic.get(), &TrafficLayer::shownChanged, this, [this] {
        m_bar->setTrafficShown(m_traffic->isShown());
        m_trafficBar->setVisible(m_traffic->isShown());
    });
    connect(m_traffic.get(), &TrafficLayer::changed, this, [this](const QString &client) {
        m_scene.setTraffic(client, m_traffic->rateOf(client));
    });
    connect(m_traffic.get(), &TrafficLayer::reset, this, [this] {
        m_scene.setTraffic(m_traffic->rates());
    });
}

void TopologyPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_traffic->setInSight(true);
}

void TopologyPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_traffic->setInSight(false);
}

void TopologyScene::setTraffic(const QHash<QString, TrafficRate> &rates)
{
    const QHash<QString, TrafficRate> before = std::exchange(m_traffic, rates);
    QSet<QString> nodes;
    for (const QString &client : before.keys() + rates.keys()) {
        nodes << m_picture->nodeFor(client);
    }
    for (const QString &name : std::as_const(nodes)) {
        updateLink(name);
    }
}

void TopologyScene::setTraffic(const QString &client, std::optional<TrafficRate> rate)
{
    if (rate) {
        m_traffic.insert(client, *rate);
    } else {
        m_traffic.remove(client);
    }
    updateLink(m_picture->nodeFor(client));
}

std::optional<TrafficRate> TopologyScene::trafficOf(const QString &name) const
{
    const QString provider = providerOfStack(name);
    if (provider.isEmpty()) {
        const auto known = m_traffic.constFind(name);
        return known == m_traffic.cend() ? std::nullopt : std::optional(*known);
    }
    std::optional<TrafficRate> all;
    for (const QString &client : foldableClients(m_graph->graph(), provider)) {
        if (const auto known = m_traffic.constFind(client); known != m_traffic.cend()) {
            const TrafficRate before = all.value_or(TrafficRate{});
            all = TrafficRate{.sent = before.sent + known->sent, .received = before.received + known->received};
        }
    }
    return all;
}

QString TopologyScene::trafficWords(const QString &name) const
{
    const auto rate = trafficOf(name);
    const NodeItem *item = node(name);
    return rate && item != nullptr ? trafficSentence(item->look().name, *rate) : QString();
}

const TrafficItem *TopologyScene::traffic(const QString &name) const
{
    const auto place = m_numbers.find(name);
    return place == m_numbers.end() ? nullptr : place->second.get();
}

/// What stands on the link as the core has it; nothing where nothing goes.
void TopologyScene::updateNumbers(const QString &name)
{
    const auto rate = trafficOf(name);
    LinkItem *item = link(name);
    if (item != nullptr && (rate || !item->toolTip().isEmpty())) {
        item->setToolTip(rate ? plainToolTip(trafficWords(name)) : QString());
    }
    if (item == nullptr || !rate || *rate == TrafficRate{}) {
        m_numbers.erase(name);
        return;
    }
    std::unique_ptr<TrafficItem> &numbers = m_numbers[name];
    if (!numbers) {
        numbers = std::make_unique<TrafficItem>();
        addItem(numbers.get());
    }
    numbers->setRate(*rate);
    numbers->setDimmed(item->attention().isDimmed);
    numbers->setPath(item->path());
    numbers->setVisible(item->isVisible() && hasRoom(*numbers));
}

/// Numbers that a node lies over would be cut, and those that lie on it would hide its name.
bool TopologyScene::hasRoom(const TrafficItem &numbers) const
{
    return std::ranges::none_of(m_nodes, [area = numbers.area()](const auto &entry) {
        const NodeItem &node = *entry.second;
        return node.isVisible() && NodeItem::box().translated(node.pos()).intersects(area);
    });
}

/// Where a node came to stand or went, others may have room now, or have it no longer.
void TopologyScene::placeNumbers()
{
    for (const auto &[name, numbers] : m_numbers) {
        const LinkItem *item = link(name);
        numbers->setVisible(item != nullptr && item->isVisible() && hasRoom(*numbers));
    }
}

} // namespace Bulkhead
