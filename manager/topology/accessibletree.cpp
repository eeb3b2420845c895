// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/accessibletree.h"

#include "manager/topology/networkwords.h"
#include "manager/topology/topologyscene.h"
#include "manager/topology/topologyview.h"

#include <KLocalizedString>
#include <QCoreApplication>
#include <QKeyEvent>

#include <algorithm>
#include <optional>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

using Subject = AccessibleTree::Subject;
using Kind = Subject::Kind;

/// A node, a link or an arrow of the picture.
class Part : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    Part(const AccessibleTree *tree, Subject subject)
        : m_tree(tree)
        , m_subject(std::move(subject))
    {
    }

    [[nodiscard]] const Subject &subject() const
    {
        return m_subject;
    }

    [[nodiscard]] bool isValid() const override
    {
        if (scene().node(m_subject.node) == nullptr) {
            return false;
        }
        return m_subject.kind == Kind::Node
            || (m_subject.kind == Kind::Link ? scene().link(m_subject.node) != nullptr : arrowWords().has_value());
    }

    [[nodiscard]] QObject *object() const override
    {
        return nullptr;
    }

    [[nodiscard]] QAccessibleInterface *parent() const override
    {
        return m_subject.kind == Kind::Node ? QAccessible::queryAccessibleInterface(m_tree->view())
                                            : m_tree->part({.node = m_subject.node});
    }

    [[nodiscard]] int childCount() const override
    {
        return static_cast<int>(children().size());
    }

    [[nodiscard]] QAccessibleInterface *child(int index) const override
    {
        const QList<Subject> all = children();
        return index >= 0 && index < all.size() ? m_tree->part(all.at(index)) : nullptr;
    }

    [[nodiscard]] int indexOfChild(const QAccessibleInterface *child) const override
    {
        const auto *part = dynamic_cast<const Part *>(child);
        return part != nullptr ? static_cast<int>(children().indexOf(part->subject())) : -1;
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
            m_tree->view()->setCurrent(m_subject.node, m_subject.kind == Kind::Link);
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

    [[nodiscard]] QList<Subject> children() const;
    [[nodiscard]] std::optional<QString> arrowWords() const;
    [[nodiscard]] QRectF area() const;

    const AccessibleTree *m_tree;
    Subject m_subject;
};

/// A node's link, then the arrows that begin at it.
QList<Subject> Part::children() const
{
    QList<Subject> all;
    if (m_subject.kind != Kind::Node) {
        return all;
    }
    if (scene().link(m_subject.node) != nullptr) {
        all << Subject{.node = m_subject.node, .kind = Kind::Link};
    }
    for (const RuleArrow &arrow : scene().rulesFrom(m_subject.node)) {
        all << Subject{.node = m_subject.node, .kind = Kind::Arrow, .from = arrow.from, .to = arrow.to};
    }
    for (const RelationArrow &arrow : scene().relationsFrom(m_subject.node)) {
        all << Subject{.node = m_subject.node,
                       .kind = Kind::Arrow,
                       .from = arrow.from,
                       .to = arrow.to,
                       .relation = arrow.relation};
    }
    return all;
}

/// As long as the arrow is shown.
std::optional<QString> Part::arrowWords() const
{
    const auto isThis = [this](const auto &arrow) {
        return arrow.from == m_subject.from && arrow.to == m_subject.to;
    };
    if (!m_subject.relation) {
        const QList<RuleArrow> rules = scene().rulesFrom(m_subject.node);
        const auto found = std::ranges::find_if(rules, isThis);
        return found == rules.end() ? std::nullopt : std::optional(found->words);
    }
    const QList<RelationArrow> relations = scene().relationsFrom(m_subject.node);
    const auto found = std::ranges::find_if(relations, [&](const RelationArrow &arrow) {
        return arrow.relation == *m_subject.relation && isThis(arrow);
    });
    return found == relations.end() ? std::nullopt : std::optional(found->words);
}

QRectF Part::area() const
{
    switch (m_subject.kind) {
    case Kind::Node:
        return NodeItem::box().translated(scene().node(m_subject.node)->pos());
    case Kind::Link: { // its plug: in the middle of a curve's bounds lies something else
        constexpr double half = 12;
        return QRectF(scene().link(m_subject.node)->plug(), QSizeF()).adjusted(-half, -half, half, half);
    }
    case Kind::Arrow: {
        const QString from = scene().picture()->nodeFor(m_subject.from);
        const QString to = scene().picture()->nodeFor(m_subject.to);
        const QGraphicsItem *item = nullptr;
        if (m_subject.relation) {
            item = scene().relation(*m_subject.relation, from, to);
        } else {
            item = scene().rule(from, to);
        }
        return item != nullptr ? item->sceneBoundingRect() : QRectF();
    }
    }
    return {};
}

QRect Part::rect() const
{
    if (!isValid()) {
        return {};
    }
    const TopologyView *view = m_tree->view();
    const QRect inView = view->mapFromScene(area()).boundingRect();
    return {view->viewport()->mapToGlobal(inView.topLeft()), inView.size()};
}

QString Part::text(QAccessible::Text which) const
{
    if (!isValid()) {
        return {};
    }
    if (m_subject.kind == Kind::Arrow) { // a sentence, then the rule that decides
        const QString words = arrowWords().value_or(QString());
        return which == QAccessible::Name       ? words.section(u'\n', 0, 0)
            : which == QAccessible::Description ? words.section(u'\n', 1)
                                                : QString();
    }
    const bool isLink = m_subject.kind == Kind::Link;
    const GraphModel *graph = scene().graph();
    const NodeLook &look = scene().node(m_subject.node)->look();
    const bool isQube = look.kind == NodeLook::Kind::Qube;
    switch (which) {
    case QAccessible::Name:
        return isLink && isQube ? linkWords(graph->graph(), m_subject.node) : look.name;
    case QAccessible::Description:
        if (isLink) {
            return scene().trafficWords(m_subject.node);
        }
        if (look.kind == NodeLook::Kind::Outside) {
            return {};
        }
        return isQube ? scene().description(m_subject.node)
                      : i18nc("@info for a screen reader; %1 a number of qubes, %2 a net qube's name",
                              "%1 of %2, folded",
                              look.name,
                              providerOfStack(m_subject.node));
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
    const bool isLink = m_subject.kind == Kind::Link;
    const bool isNode = m_subject.kind == Kind::Node;
    const NodeItem *item = scene().node(m_subject.node);
    state.focusable = isNode || isLink;
    state.selectable = isNode && item->look().kind == NodeLook::Kind::Qube;
    state.selected = isNode && item->attention().isSelected;
    state.invisible = !item->isVisible();
    const TopologyView *view = m_tree->view();
    state.focused =
        state.focusable && view->hasFocus() && view->current() == m_subject.node && view->isAtLink() == isLink;
    state.collapsed = isNode && item->look().kind == NodeLook::Kind::Stack;
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

size_t qHash(const AccessibleTree::Subject &subject, size_t seed) noexcept
{
    const int relation = subject.relation ? static_cast<int>(*subject.relation) : -1;
    return qHashMulti(seed, subject.node, static_cast<int>(subject.kind), subject.from, subject.to, relation);
}

QAccessibleInterface *AccessibleTree::part(const Subject &subject) const
{
    if (const auto known = m_parts.constFind(subject); known != m_parts.cend()) {
        return QAccessible::accessibleInterface(*known);
    }
    auto *const made = new Part(this, subject);
    m_parts.insert(subject, QAccessible::registerAccessibleInterface(made)); // the registry owns it
    return made;
}

int AccessibleTree::childCount() const
{
    return static_cast<int>(view()->topology()->nodes().size());
}

QAccessibleInterface *AccessibleTree::child(int index) const
{
    const QStringList nodes = view()->topology()->nodes();
    return index >= 0 && index < nodes.size() ? part({.node = nodes.at(index)}) : nullptr;
}

int AccessibleTree::indexOfChild(const QAccessibleInterface *child) const
{
    const auto *part = dynamic_cast<const Part *>(child);
    return part == nullptr || part->subject().kind != Kind::Node
        ? -1
        : static_cast<int>(view()->topology()->nodes().indexOf(part->subject().node));
}

QAccessibleInterface *AccessibleTree::childAt(int x, int y) const
{
    const QPoint inView = view()->viewport()->mapFromGlobal(QPoint(x, y));
    const NodeItem *item = view()->topology()->nodeAt(view()->mapToScene(inView));
    return item != nullptr ? part({.node = item->node()}) : nullptr;
}

QAccessibleInterface *AccessibleTree::focusChild() const
{
    const auto &current = view()->current();
    return current ? part({.node = *current, .kind = view()->isAtLink() ? Kind::Link : Kind::Node}) : nullptr;
}

} // namespace Bulkhead
