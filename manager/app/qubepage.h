// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/qubesource.h"

#include <QList>
#include <QWidget>

class QLineEdit;
class QStackedLayout;
class QTreeView;

namespace Bulkhead
{

class FileDrop;
class FilePolicy;
class Placeholder;
class QubeDelegate;
class QubeFilter;
class QubeModel;
class Skeleton;
class TopologyPage;

/// The qubes as a list or as the network's picture, in whatever state they are: still coming, there, empty by nature,
/// empty by search, not connected. Both views have the same search and the same selection.
class QubePage : public QWidget
{
    Q_OBJECT

public:
    enum class Shown : std::uint8_t { Skeleton, Rows, Picture, Empty, EmptyBySearch, NotConnected };
    enum class ViewKind : std::uint8_t { List, Topology };

    QubePage(QubeSource *source, QubeModel *model, QWidget *parent = nullptr);

    [[nodiscard]] Shown shown() const;
    [[nodiscard]] QList<QubeInfo> selection() const;
    void select(const QString &qube);

    /// The search field; the window puts it into the tool bar.
    [[nodiscard]] QLineEdit *searchField() const
    {
        return m_search;
    }

    [[nodiscard]] QTreeView *view() const
    {
        return m_view;
    }

    [[nodiscard]] TopologyPage *topology() const
    {
        return m_topology;
    }

    [[nodiscard]] ViewKind viewKind() const
    {
        return m_kind;
    }

    /// What says whether files of dom0 may go to a qube. Outlives this.
    void setFilePolicy(FilePolicy *policy);

    /// Shows the qubes the other way; what is selected stays so and is brought into sight.
    void setViewKind(ViewKind kind);

    [[nodiscard]] int visibleCount() const;

    void saveState();
    void restoreState();

Q_SIGNALS:
    void selectionChanged();
    void visibleCountChanged();
    void viewKindChanged();
    void menuWanted(const QPoint &globalPosition);
    void newQubeWanted();
    /// Files of dom0 were let go over a qube.
    void filesDropped(const QString &qube, const QStringList &paths);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildView();
    void buildPlaceholders();
    void refresh();
    void focusView();
    void enterResults();
    void searchPicture();

    QubeSource *m_source;
    QubeModel *m_model;
    QubeFilter *m_filter;
    QubeDelegate *m_delegate;
    QLineEdit *m_search;
    QTreeView *m_view;
    FileDrop *m_fileDrop;
    TopologyPage *m_topology;
    Skeleton *m_skeleton;
    Placeholder *m_empty;
    Placeholder *m_nothingFound;
    Placeholder *m_notConnected;
    QStackedLayout *m_stack;
    ViewKind m_kind = ViewKind::List;
    QString m_selectLater; ///< a name that is not in the list yet
};

} // namespace Bulkhead
