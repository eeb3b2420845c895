// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/outline.h"

#include "manager/delegates/labelmark.h"
#include "manager/models/untrustedtext.h"
#include "manager/topology/networkeditor.h"
#include "manager/topology/networkwords.h"
#include "manager/topology/topologyscene.h"

#include <KLocalizedString>
#include <QKeyEvent>
#include <QScopedValueRollback>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

Outline::Outline(TopologyScene *scene, QWidget *parent)
    : QTreeView(parent)
    , m_scene(scene)
{
    setObjectName(u"topology.outline"_s);
    setAccessibleName(i18nc("@label for a screen reader", "Network as a tree"));
    setHeaderHidden(true);
    setModel(&m_items);
    setEditTriggers(NoEditTriggers);
    setFrameShape(QFrame::NoFrame);
    connect(scene->graph(), &GraphModel::nodeAdded, this, &Outline::rebuildSoon);
    connect(scene->graph(), &GraphModel::nodeRemoved, this, &Outline::rebuildSoon);
    connect(scene->graph(), &GraphModel::linkChanged, this, [this](const QString &client) {
        const QStandardItem *item = find(client);
        const QString above =
            item == nullptr || item->parent() == nullptr ? QString() : item->parent()->data(NodeRole).toString();
        item == nullptr || above != m_scene->graph()->graph().providerOf(client) ? rebuildSoon() : updateItem(client);
    });
    connect(scene->graph(), &GraphModel::nodeChanged, this, &Outline::updateItem);
    connect(scene->editor(), &NetworkEditor::rememberedChanged, this, &Outline::rebuildSoon);
    connect(selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        if (!m_isRebuilding && current.data(NodeRole).isValid()) {
            Q_EMIT chosen(current.data(NodeRole).toString());
        }
    });
    rebuild();
}

void Outline::rebuildSoon()
{
    if (!m_isRebuildDue) { // many events of one deed are one tree
        m_isRebuildDue = true;
        QMetaObject::invokeMethod(this, &Outline::rebuild, Qt::QueuedConnection);
    }
}

QStandardItem *Outline::makeItem(const QString &node) const
{
    const GraphModel *graph = m_scene->graph();
    auto *item = new QStandardItem(node.isEmpty() ? outsideWords() : node); // the model owns it
    item->setData(node, NodeRole);
    if (!node.isEmpty()) {
        item->setIcon(markIcon(graph->markOf(node)));
        item->setData(m_scene->description(node), Qt::AccessibleDescriptionRole);
        item->setToolTip(plainToolTip(chainWords(graph->graph().chainOf(node))));
    }
    return item;
}

void Outline::rebuild()
{
    m_isRebuildDue = false;
    const QScopedValueRollback guard(m_isRebuilding, true);
    const bool isAtRule = currentIndex().isValid() && !currentIndex().data(NodeRole).isValid();
    const QString current =
        (isAtRule ? currentIndex().parent() : currentIndex()).data(NodeRole).toString(); // rules come and go
    const NetworkGraph &graph = m_scene->graph()->graph();
    m_items.clear();
    m_items.setHorizontalHeaderLabels({i18nc("@title:column for a screen reader", "Qube")}); // or it reads a number
    auto *outside = makeItem(outsideName());
    auto *loose = new QStandardItem(i18nc("@item qubes without a network", "No network"));
    m_items.appendRow(outside);
    m_items.appendRow(loose);
    QHash<QString, QStandardItem *> items;
    for (const QString &name : graph.names()) {
        items.insert(name, makeItem(name));
    }
    for (const QString &name : graph.names()) {
        const NetworkChain chain = graph.chainOf(name);
        const QString provider = graph.providerOf(name);
        QStandardItem *parent = provider.isEmpty()
            ? (facesOutside(*graph.find(name)) ? outside : loose)
            : (chain.end == NetworkChain::End::Loop ? loose : items.value(provider, loose));
        parent->appendRow(items.value(name));
    }
    addRules();
    expandAll();
    select(current);
}

void Outline::setRules(const QHash<QString, QStringList> &words)
{
    if (m_rules != words) {
        m_rules = words;
        rebuildSoon();
    }
}

void Outline::addRules()
{
    for (auto rules = m_rules.begin(); rules != m_rules.end(); ++rules) {
        QStandardItem *qube = find(rules.key());
        for (qsizetype i = 0; qube != nullptr && i < rules->size(); ++i) {
            const QString &words = rules->at(i);
            auto *row = new QStandardItem(words.section(u'\n', 0, 0)); // the model owns it
            row->setIcon(QIcon::fromTheme(u"view-process-tree"_s));
            row->setData(words.section(u'\n', 1), Qt::AccessibleDescriptionRole);
            row->setToolTip(plainToolTip(words));
            row->setEditable(false);
            qube->insertRow(static_cast<int>(i), row);
        }
    }
}

void Outline::updateItem(const QString &qube)
{
    if (QStandardItem *item = find(qube)) {
        item->setIcon(markIcon(m_scene->graph()->markOf(qube)));
        item->setData(m_scene->description(qube), Qt::AccessibleDescriptionRole);
        item->setToolTip(plainToolTip(chainWords(m_scene->graph()->graph().chainOf(qube))));
    }
}

QStandardItem *Outline::find(const QString &node) const
{
    const QModelIndexList found =
        m_items.match(m_items.index(0, 0), NodeRole, node, 1, Qt::MatchExactly | Qt::MatchRecursive);
    return found.isEmpty() ? nullptr : m_items.itemFromIndex(found.first());
}

void Outline::select(const QString &node)
{
    const QStandardItem *item = find(node);
    if (item != nullptr && item->index() != currentIndex()) {
        const QScopedValueRollback guard(m_isRebuilding, true);
        setCurrentIndex(item->index());
    }
}

void Outline::keyPressEvent(QKeyEvent *event)
{
    // The deeds of the picture are the tree's, too; moving about is the tree's own.
    static constexpr std::array deeds{Qt::Key_N, Qt::Key_O, Qt::Key_I, Qt::Key_F, Qt::Key_P, Qt::Key_W, Qt::Key_M};
    if (event->modifiers() == Qt::NoModifier && std::ranges::contains(deeds, event->key())) {
        Q_EMIT keyForPicture(event);
        return;
    }
    QTreeView::keyPressEvent(event);
}

} // namespace Bulkhead
