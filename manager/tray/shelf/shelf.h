// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/files/filedrop.h"

#include <QFrame>
#include <QPointer>
#include <QSortFilterProxyModel>

class QListView;
class QToolButton;

namespace Bulkhead
{

class DropRows;
class FilePolicy;
class QubeModel;
class QubeSource;
class QubeUse;

/// The rows of a QubeModel that are wanted, in the order in which they are wanted.
class ChosenQubes : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ChosenQubes(QAbstractItemModel *qubes, QObject *parent = nullptr);

    void choose(const QStringList &names);

    [[nodiscard]] const QStringList &chosen() const
    {
        return m_names;
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QStringList m_names;
};

/// At an edge of the screen, while files are dragged: the eight qubes used most, onto which they are let go, and
/// "More…" (spec ui 8.3). Files out of qubes' windows come through bulkhead-drag, which reads the rows; dom0's are
/// dropped here. The way by keys is the tray's menu.
class Shelf : public QFrame
{
    Q_OBJECT

public:
    static constexpr int Width = 64;          ///< source: spec ui 8.3
    static constexpr qsizetype MostQubes = 8; ///< the same

    enum class Edge : std::uint8_t { None, Left, Right };
    /// Whose files are dragged.
    enum class From : std::uint8_t { Dom0, Qube };

    /// @param source, model, use, policy  outlive this
    Shelf(QubeSource *source, QubeModel *model, QubeUse *use, FilePolicy *policy);

    void setEdge(Edge edge);

    [[nodiscard]] Edge edge() const
    {
        return m_edge;
    }

    /// Where it is switched on: comes up on the screen that the pointer is on. Nothing in it moves while it is there.
    void appear(From from, const QPoint &pointer);
    void vanish();

    /// What it shows, or would.
    [[nodiscard]] const QStringList &qubes() const
    {
        return m_chosen->chosen();
    }

Q_SIGNALS:
    void filesDropped(const QString &qube, const QStringList &paths);
    /// Files of dom0 were let go over "More…".
    void moreWanted(const QStringList &paths);
    void qubesChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildList();
    void buildMore();
    void refresh();
    void moveIn();
    [[nodiscard]] QRect placeOnScreen() const;

    QubeSource *m_source;
    QubeUse *m_use;
    ChosenQubes *m_chosen;
    QListView *m_list;
    QToolButton *m_more;
    DropRows *m_rows;
    FileDrop *m_drop;
    Edge m_edge = Edge::None;
    QPoint m_pointer;
};

} // namespace Bulkhead
