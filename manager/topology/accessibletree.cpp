// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/accessibletree.h"

#include "manager/topology/networkwords.h"
#include "manager/topology/topologyscene.h"
#include "manager/topology/topologyview.h"

#include <KLocalizedString>
#include <QCoreApplication>
#include <QKeyEvent>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// A node or a link of the picture.
class Part : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    Part(const AccessibleTree *tree, QString node, bool isLink)
        : m_tree(tree)
        , m_node(std::move(node))
        , m_isLink(isLink)
    {
    }

    [[nodiscard]] const QString &node() const
    {
        return m_node;
    }

    [[nodiscard]] bool isLink() const
    {
        return m_isLink;
    }

    [[nodiscard]] bool isValid() const override
    {
        return scene().node(m_node) != nullptr && (!m_isLink || scene().link(m_node) != nullptr);
    }

    [[nodiscard]] QObject *object() const override
    {
        return nullptr;
    }

    [[nodiscard]] QAccessibleInterface *parent() const override
    {
        return m_isLink ? m_tree->part(m_node, false) : QAccessible::queryAccessibleInterface(m_tree->view());
    }

    [[nodiscard]] int childCount() const override
    {
        return !m_isLink && scene().link(m_node) != nullptr ? 1 : 0;
    }

    [[nodiscard]] QAccessibleInterface *child(int index) const override
    {
        return index == 0 && childCount() == 1 ? m_tree->part(m_node, true) : nullptr;
    }

    [[nodiscard]] int indexOfChild(const QAccessibleInterface *child) const override
    {
        const auto *part = dynamic_cast<const Part *>(child);
        return part != nullptr && part->isLink() && part->node() == m_node ? 0 : -1;
    }

    [[nodiscard]] QAccessibleInterface *childAt(int /*x*/, int /*y*/) const override
    {
        return nullptr; // a link lies beside its node, not in it
    }

    [[nodiscard]] QRect rect() const override;
    [[nodiscard]] QString text(QAccessible::Text which) const override;

    void setText(QAccessible::Text /*which*/, const QString & /*text*/) override
    {
    }

    [[nodiscard]] QAccessible::Role role() const override
    {
        return QAccessible::TreeItem;
    }

    [[nodiscard]] QAccessible::State state() const override;

    [[nodiscard]] void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface *>(this) : nullptr;
    }

    [[nodiscard]] QStringList actionNames() const override
    {
        return {pressAction(), changeNetworkAction(), showMenuAction()};
    }

    [[nodiscard]] QString localizedActionName(const QString &name) const override
    {
        return name == changeNetworkAction() ? i18nc("@action for a screen reader", "change network")
                                             : QAccessibleActionInterface::localizedActionName(name);
    }

    /// What the keys of the picture do, with the keyboard at this part.
    void doAction(const QString &name) override
    {
        const Qt::Key key = name == pressAction() ? Qt::Key_Return
            : name == changeNetworkAction()       ? Qt::Key_N
            : name == showMenuAction()            ? Qt::Key_M
                                                  : Qt::Key_unknown;
        if (key != Qt::Key_unknown && isValid()) {
            m_tree->view()->setCurrent(m_node, m_isLink);
            QKeyEvent press(QEvent::KeyPress, key, Qt::NoModifier);
            QCoreApplication::sendEvent(m_tree->view(), &press);
        }
    }

    [[nodiscard]] QStringList keyBindingsForAction(const QString &name) const override
    {
        return name == changeNetworkAction() ? QStringList{u"N"_s} : QStringList();
    }

private:
    static QString changeNetworkAction()
    {
        return u"change network"_s;
    }

    [[nodiscard]] TopologyScene &scene() const
    {
        return *m_tree->view()->topology();
    }

    const AccessibleTree *m_tree;
    QString m_node;
    bool m_isLink;
};

QRect Part::rect() const
{
    if (!isValid()) {
        return {};
    }
    const QRectF area =
        m_isLink ? scene().link(m_node)->sceneBoundingRect() : NodeItem::box().translated(scene().node(m_node)->pos());
    const TopologyView *view = m_tree->view();
    const QRect inView = view->mapFromScene(area).boundingRect();
    return {view->viewport()->mapToGlobal(inView.topLeft()), inView.size()};
}

QString Part::text(QAccessible::Text which) const
{
    if (!isValid()) {
        return {};
    }
    const GraphModel *graph = scene().graph();
    const NodeLook &look = scene().node(m_node)->look();
    const bool isQube = look.kind == NodeLook::Kind::Qube;
    switch (which) {
    case QAccessible::Name:
        return m_isLink && isQube ? linkWords(graph->graph(), m_node) : look.name;
    case QAccessible::Description:
        if (m_isLink || look.kind == NodeLook::Kind::Outside) {
            return {};
        }
        return isQube ? graph->description(m_node)
                      : i18nc("@info for a screen reader; %1 a number of qubes, %2 a net qube's name",
                              "%1 of %2, folded",
                              look.name,
                              providerOfStack(m_node));
    default:
        return {};
    }
}

QAccessible::State Part::state() const
{
    QAccessible::State state;
    state.invalid = !isValid();
    if (state.invalid) {
        return state;
    }
    const NodeItem *item = scene().node(m_node);
    state.focusable = true;
    state.selectable = !m_isLink && item->look().kind == NodeLook::Kind::Qube;
    state.selected = !m_isLink && item->attention().isSelected;
    state.invisible = !item->isVisible();
    const TopologyView *view = m_tree->view();
    state.focused = view->hasFocus() && view->current() == m_node && view->isAtLink() == m_isLink;
    state.collapsed = !m_isLink && item->look().kind == NodeLook::Kind::Stack;
    state.expandable = state.collapsed;
    return state;
}

QAccessibleInterface *factory(const QString &className, QObject *object)
{
    auto *view = className == "Bulkhead::TopologyView"_L1 ? qobject_cast<TopologyView *>(object) : nullptr;
    return view != nullptr ? new AccessibleTree(view) : nullptr; // Qt owns it
}

} // namespace

AccessibleTree::AccessibleTree(TopologyView *view)
    : QAccessibleWidget(view, QAccessible::Tree)
{
}

AccessibleTree::~AccessibleTree()
{
    for (const QAccessible::Id id : std::as_const(m_parts)) {
        QAccessible::deleteAccessibleInterface(id);
    }
}

void AccessibleTree::install()
{
    static const bool isInstalled = [] {
        QAccessible::installFactory(factory);
        return true;
    }();
    (void)isInstalled;
}

TopologyView *AccessibleTree::view() const
{
    return qobject_cast<TopologyView *>(widget());
}

QAccessibleInterface *AccessibleTree::part(const QString &node, bool isLink) const
{
    QAccessible::Id &id = m_parts[{node, isLink}];
    if (id == 0) {
        id = QAccessible::registerAccessibleInterface(new Part(this, node, isLink)); // the registry owns it
    }
    return QAccessible::accessibleInterface(id);
}

int AccessibleTree::childCount() const
{
    return static_cast<int>(view()->topology()->nodes().size());
}

QAccessibleInterface *AccessibleTree::child(int index) const
{
    const QStringList nodes = view()->topology()->nodes();
    return index >= 0 && index < nodes.size() ? part(nodes.at(index), false) : nullptr;
}

int AccessibleTree::indexOfChild(const QAccessibleInterface *child) const
{
    const auto *part = dynamic_cast<const Part *>(child);
    return part == nullptr || part->isLink() ? -1 : static_cast<int>(view()->topology()->nodes().indexOf(part->node()));
}

QAccessibleInterface *AccessibleTree::childAt(int x, int y) const
{
    const QPoint inView = view()->viewport()->mapFromGlobal(QPoint(x, y));
    const NodeItem *item = view()->topology()->nodeAt(view()->mapToScene(inView));
    return item != nullptr ? part(item->node(), false) : nullptr;
}

QAccessibleInterface *AccessibleTree::focusChild() const
{
    const auto &current = view()->current();
    return current ? part(*current, view()->isAtLink()) : nullptr;
}

} // namespace Bulkhead
