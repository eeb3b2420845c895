// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QHash>
#include <QStandardItemModel>
#include <QStringList>
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
    enum Role {
        NodeRole = Qt::UserRole + 1, ///< the picture's name of the node; nothing for a rule
    };

    /// @param scene  outlives this
    explicit Outline(TopologyScene *scene, QWidget *parent = nullptr);

    void select(const QString &node);
    /// What the policy says to calls of each qube, a sentence and a line with the rule each: rows below the qube.
    /// Empty: the layer is off.
    void setRules(const QHash<QString, QStringList> &words);

Q_SIGNALS:
    void chosen(const QString &node); ///< by the person
    void keyForPicture(QKeyEvent *event);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    void rebuild();
    void updateItem(const QString &qube);
    void rebuildSoon();
    void addRules();
    [[nodiscard]] QStandardItem *makeItem(const QString &node) const;
    [[nodiscard]] QStandardItem *find(const QString &node) const;

    TopologyScene *m_scene;
    QStandardItemModel m_items;
    QHash<QString, QStringList> m_rules;
    bool m_isRebuilding = false;
    bool m_isRebuildDue = false;
};

} // namespace Bulkhead
