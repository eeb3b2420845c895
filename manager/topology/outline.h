// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QStandardItemModel>
#include <QTreeView>

namespace Bulkhead
{

class TopologyScene;

/// The picture as an ordinary tree, for whoever can not see it: the outside, its providers, their clients, and last the
/// qubes without a network; with the words of spec ui 7.1. Follows the picture, and selects in it.
class Outline : public QTreeView
{
    Q_OBJECT

public:
    enum Role { NodeRole = Qt::UserRole + 1 }; ///< the picture's name of the node

    /// @param scene  outlives this
    explicit Outline(TopologyScene *scene, QWidget *parent = nullptr);

    void select(const QString &node);

Q_SIGNALS:
    void chosen(const QString &node); ///< by the person
    void keyForPicture(QKeyEvent *event);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void rebuild();
    void updateItem(const QString &qube);
    void rebuildSoon();
    [[nodiscard]] QStandardItem *makeItem(const QString &node) const;
    [[nodiscard]] QStandardItem *find(const QString &node) const;

    TopologyScene *m_scene;
    QStandardItemModel m_items;
    bool m_isRebuilding = false;
    bool m_isRebuildDue = false;
};

} // namespace Bulkhead
