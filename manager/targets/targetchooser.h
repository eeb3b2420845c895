// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace Bulkhead
{

class QubeSource;
class TargetModel;

/// The field "To": what may be chosen as the other end of a call, looked through or searched, by keys alone if need be.
/// It chooses; it answers nothing.
class TargetChooser : public QWidget
{
    Q_OBJECT

public:
    /// @param source  outlives this
    /// @param name  what the names of its controls begin with
    TargetChooser(QubeSource *source, const QString &name, QWidget *parent);

    /// @param defaultTarget  chosen from the start; empty: none
    void setTargets(const QStringList &targets, const QString &defaultTarget);
    /// What is chosen, as policy spells it; empty: nothing.
    [[nodiscard]] QString chosen() const;
    /// Puts the keyboard's focus where a target is chosen.
    void takeFocus();
    /// Where the keyboard stops in here, in order.
    [[nodiscard]] QList<QWidget *> stops() const;

Q_SIGNALS:
    void chosenChanged();
    /// One was clicked twice: it is chosen, and whoever shows this may take that for more.
    void doubleClicked();
    /// A target looks or behaves other than it did, or is gone.
    void targetsChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildSearch(const QString &name);
    void buildList(const QString &name);
    [[nodiscard]] bool chooseByKey(int key);
    void fitList();

    TargetModel *m_targets;
    QSortFilterProxyModel *m_filter;
    QLabel *m_to;
    QLineEdit *m_search;
    QListView *m_list;
};

} // namespace Bulkhead
