// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkeditor.h"
#include "manager/topology/picture.h"
#include "manager/topology/topologyscene.h"
#include "manager/topology/topologyview.h"

#include <QWidget>

#include <functional>
#include <memory>

class QLabel;

namespace Bulkhead
{

class Outline;
class PlanPane;
class QubeModel;
class TopologyBar;

/// The network as a picture, beside the list: the same qubes, the same selection, the same core. Holds the bar, the
/// picture, its outline and the plan, and asks before it changes anything (spec ui 7).
class TopologyPage : public QWidget
{
    Q_OBJECT

public:
    /// @param source, model  outlive this
    /// @param statePath  where the person's places are kept
    TopologyPage(QubeSource *source, QubeModel *model, const QString &statePath, QWidget *parent = nullptr);
    ~TopologyPage() override;

    [[nodiscard]] QStringList selection() const;
    void select(const QStringList &qubes);
    /// What the window's search leaves; nothing while it is empty.
    void setMatching(const std::optional<QSet<QString>> &qubes);

    [[nodiscard]] NetworkEditor &editor()
    {
        return m_editor;
    }

    [[nodiscard]] TopologyView *view() const
    {
        return m_view;
    }

    /// Shows what the change would do, and does it when the person says so.
    void propose(const NetworkChange &change);
    void exportPictureTo(const QString &path);
    void exportTextTo(const QString &path);
    /// Compares the file with the network and shows what would be changed.
    void importTextFrom(const QString &path);
    void saveState();

Q_SIGNALS:
    void selectionChanged();
    void menuWanted(const QPoint &globalPosition);
    void failed(const QString &subject, const QString &text, const std::function<void()> &retry);
    void succeeded(const QString &subject);
    void hint(const QString &text); ///< one sentence that is no failure

private:
    void buildLayout();
    void connectView();
    void begin();
    void showPath();
    void tidy();
    void toggle(const QStringList &qubes);
    void showNetworkMenu(const QStringList &clients, const QPoint &position);
    void showInsertMenu(const QString &client, const QPoint &position);
    void showWarnings(const QString &node);
    void showSheet(const NetworkChange &change, const QString &note, const QStringList &problems);
    void tellWriting(const QString &path, const Result<void> &result);

    QubeSource *m_source;
    std::unique_ptr<GraphModel> m_graph;
    NetworkEditor m_editor;
    Picture m_picture;
    TopologyScene m_scene;
    TopologyBar *m_bar;
    TopologyView *m_view;
    Outline *m_outline;
    PlanPane *m_plan;
    QLabel *m_path; ///< what the selection says in a sentence
};

} // namespace Bulkhead
