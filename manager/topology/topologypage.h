// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkeditor.h"
#include "manager/topology/picture.h"
#include "manager/topology/pictureexport.h"
#include "manager/topology/probe.h"
#include "manager/topology/topologyscene.h"
#include "manager/topology/topologyview.h"

#include <QWidget>

#include <functional>
#include <memory>

class QLabel;

namespace Bulkhead
{

class Outline;
class PolicyFacts;
class PolicyLayer;
class PlanPane;
class ProofPane;
class QubeModel;
class RelationBar;
class RelationLayer;
class RecipeDialog;
class RecipePalette;
class RecipeRunner;
struct RecipePlan;
class RulesBar;
class TopologyBar;
class TrafficBar;
class TrafficLayer;

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
    /// Asks what a recipe needs to know, shows what it would do, and makes it when the person says so.
    /// @param place  the net qube it goes through, or the client it stands before; empty: as the system usually does
    void openRecipe(const QString &key, const QString &place = {});
    /// How a real test runs its programs in qubes, and what it tries to reach outside. Without it nothing can be tried.
    void setProbes(ProbeRunner::Run run, const QString &outside);
    /// Where the policy comes from. Without it the layer of rules says that it cannot be read.
    /// @param facts  outlives this
    void setPolicy(PolicyFacts *facts);
    void exportPictureTo(const QString &path, ExportedNames names = ExportedNames::AsTheyAre);
    void exportTextTo(const QString &path);
    /// Compares the file with the network and shows what would be changed.
    void importTextFrom(const QString &path);
    /// Keeps the person's places.
    void saveState();
    /// The panes and layers that are on, by name, and turning on those that were.
    [[nodiscard]] QStringList switchedOn() const;
    void switchOn(const QStringList &names);

Q_SIGNALS:
    void selectionChanged();
    void menuWanted(const QPoint &globalPosition);
    void failed(const QString &subject, const QString &text, const std::function<void()> &retry);
    void succeeded(const QString &subject);
    void hint(const QString &text); ///< one sentence that is no failure
    /// Files of dom0 were let go over a qube.
    void filesDropped(const QString &qube, const QStringList &paths);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void buildLayout();
    void connectView();
    void begin();
    void showPath();
    void tidy();
    void toggle(const QStringList &qubes);
    void tellPlanned(const QString &deed);
    void showNetworkMenu(const QStringList &clients, const QPoint &position);
    void showInsertMenu(const QString &client, const QPoint &position);
    void showWarnings(const QString &node);
    void showSheet(const NetworkChange &change, const QString &note, const QStringList &problems);
    void makeRecipe(const QString &key, const RecipePlan &plan, RecipeDialog *dialog);
    void connectSidePanes();
    void connectPolicy();
    void showPolicy();
    void connectTraffic();
    void connectRelations();
    void showRelations();
    void showArrowWords();
    void tellWriting(const QString &path, const Result<void> &result);

    QubeSource *m_source;
    std::unique_ptr<GraphModel> m_graph;
    NetworkEditor m_editor;
    Picture m_picture;
    TopologyScene m_scene;
    std::unique_ptr<PolicyLayer> m_policy;
    std::unique_ptr<TrafficLayer> m_traffic;
    std::unique_ptr<RelationLayer> m_relations;
    TopologyBar *m_bar;
    RulesBar *m_rulesBar;
    RelationBar *m_relationBar;
    TrafficBar *m_trafficBar;
    TopologyView *m_view;
    Outline *m_outline;
    PlanPane *m_plan;
    std::unique_ptr<RecipeRunner> m_recipes;
    ProbeRunner::Run m_probeRun;
    RecipePalette *m_palette;
    ProofPane *m_proof;
    QHash<QString, QStringList> m_policyWords; ///< of the policy's layer, by qube
    QLabel *m_path;                            ///< what the selection says in a sentence
};

} // namespace Bulkhead
