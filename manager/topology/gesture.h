// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/linkrules.h"
#include "manager/topology/networkchange.h"
#include "manager/topology/picture.h"

#include <QLineF>
#include <QObject>
#include <QPointF>
#include <QTimer>

#include <chrono>
#include <optional>

namespace Bulkhead
{

class LinkItem;
class TopologyScene;

/// One press of the pointer in the picture until its release (spec ui 7.4, 7.5, 8.1): a click, a box is the view's;
/// moving nodes, drawing a link's end elsewhere, resting with a node on a net qube or on a link. Positions are the
/// scene's.
class Gesture : public QObject
{
    Q_OBJECT

public:
    /// Pixels the pointer moves before a press is a drag.
    static constexpr double DragDistance = 10;
    static constexpr std::chrono::milliseconds UsualRest{400};

    /// @param scene  outlives this
    explicit Gesture(TopologyScene *scene, QObject *parent = nullptr);

    /// How long a dragged node rests over a place before it counts. Tests set none.
    void setRest(std::chrono::milliseconds rest);

    /// @param zoom  device pixels a unit
    /// @return false on empty ground: the press is not a gesture of ours
    bool press(QPointF position, Qt::KeyboardModifiers modifiers, double zoom);
    void move(QPointF position, Qt::KeyboardModifiers modifiers);
    void release(QPointF position, Qt::KeyboardModifiers modifiers);
    /// Escape: everything is as before the press.
    void cancel();
    /// Something changed below the drag: what fits is judged again. Cancels if what is dragged, or the place under the
    /// pointer, is gone, and if somebody else plugged the dragged link elsewhere: the hand began with another picture.
    void judgeAgain();

    [[nodiscard]] bool isActive() const
    {
        return m_kind != Kind::None;
    }

    [[nodiscard]] bool isDragging() const
    {
        return m_isDragging;
    }

    /// What a release would do now, or why it would do nothing; nothing while nodes are only moved.
    [[nodiscard]] const std::optional<LinkVerdict> &verdict() const
    {
        return m_verdict;
    }

    /// The line to draw while a link's end is dragged.
    [[nodiscard]] std::optional<QLineF> line() const;

Q_SIGNALS:
    /// The person let go where it fits. Nothing is done yet.
    void proposed(const Bulkhead::NetworkChange &change);
    void moved(const Bulkhead::Places &before, const Bulkhead::Places &after);
    void clicked(const QString &node, Qt::KeyboardModifiers modifiers);
    void plugClicked(const QString &client);
    void verdictChanged();
    /// What was dragged is gone, and why.
    void cancelled(const QString &text);

private:
    enum class Kind : std::uint8_t { None, Node, Link, Plug };

    void beginDrag();
    void dragNodes(QPointF position, Qt::KeyboardModifiers modifiers);
    void dragLink(QPointF position);
    void showFits();
    [[nodiscard]] const LinkItem *foreignLinkAt(QPointF position) const;
    void lookUnder(QPointF position);
    void rested();
    void setVerdict(const std::optional<LinkVerdict> &verdict);
    void finish();
    [[nodiscard]] NetworkChange change() const;
    [[nodiscard]] QString reasonToStop() const;

    TopologyScene *m_scene;
    QTimer m_rest;
    Kind m_kind = Kind::None;
    bool m_isDragging = false;
    double m_zoom = 1;
    QPointF m_pressed;
    QPointF m_at;
    QPointF m_restedAt;
    QString m_node;                      ///< pressed
    QStringList m_clients;               ///< qubes that are dragged
    QHash<QString, QString> m_providers; ///< of the qubes whose link is dragged, when the drag began
    Places m_grabbed;                    ///< middles in the scene when the drag began
    std::optional<LinkVerdict> m_verdict;
    QString m_target;     ///< net qube under the pointer; empty: the outside or empty ground
    QString m_targetLink; ///< client of the link under the pointer
    QString m_underNode;  ///< lit node
    bool m_hasTarget = false;
};

} // namespace Bulkhead
