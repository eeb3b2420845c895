// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/files/filedragover.h"
#include "manager/topology/gesture.h"

#include <QGraphicsView>
#include <QStringList>

#include <optional>

namespace Bulkhead
{

class MiniMap;
class PointerText;
class TopologyScene;

/// The picture under the person's hands: zoom, pan, selection, gestures and keys (spec ui 7.2, 7.4, 7.5, 7.9). It asks
/// for what is to be done by its signals and does nothing of it itself.
class TopologyView : public QGraphicsView
{
    Q_OBJECT

public:
    static constexpr double LeastZoom = 0.1;
    static constexpr double MostZoom = 4;

    /// @param scene  outlives this
    explicit TopologyView(TopologyScene *scene, QWidget *parent = nullptr);
    ~TopologyView() override;

    /// Whether the outside is at the bottom instead of the end side.
    void setVertical(bool isVertical);
    [[nodiscard]] double zoom() const;
    void setZoom(double zoom);
    void zoomIn();
    void zoomOut();
    /// All that is in sight, at 100 % at most.
    void fit();

    /// The node the keyboard is at; nothing before the first key or click.
    [[nodiscard]] const std::optional<QString> &current() const
    {
        return m_current;
    }

    [[nodiscard]] bool isAtLink() const
    {
        return m_isAtLink;
    }

    void setCurrent(const QString &node, bool isLink = false);
    /// What a deed of the keyboard is about: the selected qubes, or the one the keyboard is at.
    [[nodiscard]] QStringList subjects() const;

    [[nodiscard]] Gesture &gesture()
    {
        return m_gesture;
    }

    [[nodiscard]] TopologyScene *topology() const
    {
        return m_scene;
    }

    /// What says whether files of dom0 may go to a qube. Outlives this.
    void setFilePolicy(FilePolicy *policy)
    {
        m_files.setPolicy(policy);
    }

Q_SIGNALS:
    void changeProposed(const Bulkhead::NetworkChange &change);
    void nodesMoved(const Bulkhead::Places &before, const Bulkhead::Places &after);
    void networkMenuWanted(const QStringList &clients, const QPoint &globalPosition);
    void insertMenuWanted(const QString &client, const QPoint &globalPosition);
    void toggleWanted(const QStringList &qubes);
    void menuWanted(const QPoint &globalPosition);
    void detailsWanted(const QString &node);
    void warningsWanted(const QString &node);
    void hintWanted(const QString &text);
    void currentChanged();
    /// @param place  the qube it was dropped on, or whose link; empty: the ground
    void recipeDropped(const QString &key, const QString &place);
    /// Files of dom0 were let go over a qube's node.
    void filesDropped(const QString &qube, const QStringList &paths);

protected:
    bool event(QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void drawForeground(QPainter *painter, const QRectF &area) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void adopt(); ///< palette, font and direction into the scene
    void click(const QString &node, Qt::KeyboardModifiers modifiers);
    void showVerdict();
    void placeMiniMap();
    void updateArea();
    void setFitted(bool isFitted);
    void scaleTo(double zoom);
    bool moveKey(const QKeyEvent &event);
    bool letterKey(const QKeyEvent &event);
    void step(QPointF direction);
    void stepOnLink(QPointF direction);
    void nudge(QPointF direction);
    void pan(QPointF direction);
    void toggleLink();
    void toggleFold();
    [[nodiscard]] QPoint menuPosition() const;
    [[nodiscard]] QString placeAt(QPoint position) const;
    [[nodiscard]] FileDragOver::Place filePlace();
    void markFileTarget(const QString &qube, Fit fit);
    void endDrag();

    TopologyScene *m_scene;
    Gesture m_gesture;
    MiniMap *m_miniMap;
    PointerText *m_pointerText;
    FileDragOver m_files;
    QString m_fileTarget; ///< the node that is marked for them
    std::optional<QString> m_current;
    QString m_lastClient; ///< where End leads back to
    bool m_isAtLink = false;
    bool m_isVertical = false;
    bool m_isFitted = true; ///< until the person zooms or moves a node: what comes is fitted in
};

} // namespace Bulkhead
