// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologypage.h"

#include "manager/models/qubemodel.h"
#include "manager/recipes/reciperunner.h"
#include "manager/topology/networkpath.h"
#include "manager/topology/outline.h"
#include "manager/topology/placecommand.h"
#include "manager/topology/planpane.h"
#include "manager/topology/policylayer.h"
#include "manager/topology/previewsheet.h"
#include "manager/topology/proofpane.h"
#include "manager/topology/recipepalette.h"
#include "manager/topology/relationbar.h"
#include "manager/topology/relationlayer.h"
#include "manager/topology/rulesbar.h"
#include "manager/topology/topologybar.h"
#include "manager/topology/topologyfile.h"
#include "manager/topology/trafficbar.h"
#include "manager/topology/trafficlayer.h"

#include <KLocalizedString>
#include <QCoreApplication>
#include <QFile>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QSaveFile>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

TopologyPage::TopologyPage(QubeSource *source, QubeModel *model, const QString &statePath, QWidget *parent)
    : QWidget(parent)
    , m_source(source)
    , m_graph(std::make_unique<GraphModel>(model))
    , m_editor(source, m_graph.get())
    , m_picture(m_graph.get(), statePath)
    , m_scene(m_graph.get(), &m_picture, &m_editor)
    , m_policy(std::make_unique<PolicyLayer>(m_graph.get()))
    , m_traffic(std::make_unique<TrafficLayer>(source, m_graph.get()))
    , m_relations(std::make_unique<RelationLayer>(source, m_graph.get()))
    , m_bar(new TopologyBar(this))
    , m_rulesBar(new RulesBar(this))
    , m_relationBar(new RelationBar(this))
    , m_trafficBar(new TrafficBar(this))
    , m_view(new TopologyView(&m_scene, this))
    , m_outline(new Outline(&m_scene, this))
    , m_plan(new PlanPane(&m_editor, this))
    , m_recipes(std::make_unique<RecipeRunner>(source))
    , m_palette(new RecipePalette(this))
    , m_proof(new ProofPane(
          source,
          m_graph.get(),
          [this](const Probe &probe, ProbeRunner::Ended ended) {
              m_probeRun ? m_probeRun(probe, std::move(ended)) : ended(std::nullopt);
          },
          this))
    , m_path(new QLabel(this))
{
    setObjectName(u"topology.page"_s);
    buildLayout();
    connectView();
    connectSidePanes();
    connectPolicy();
    connectTraffic();
    connectRelations();
    connect(&m_editor, &NetworkEditor::failed, this, &TopologyPage::failed);
    connect(&m_editor, &NetworkEditor::succeeded, this, &TopologyPage::succeeded);
    connect(&m_editor, &NetworkEditor::conflicted, this, [this](const NetworkChange &change, const QString &text) {
        showSheet(change, text, {});
    });
    connect(&m_editor, &NetworkEditor::rememberedChanged, this, [this] {
        m_picture.keepRemembered(m_editor.remembered());
    });
    connect(&m_editor, &NetworkEditor::planChanged, this, [this] {
        m_picture.keepPlan(m_editor.plan(), m_editor.otherPlan(), m_editor.isPlanning());
        m_bar->setPlanning(m_editor.isPlanning());
    });
    connect(&m_editor, &NetworkEditor::collectedOne, this, &TopologyPage::tellPlanned);
    connect(&m_picture, &Picture::problem, this, &TopologyPage::hint);
    connect(source, &QubeSource::loaded, this, &TopologyPage::begin);
    connect(source, &QubeSource::labelsChanged, this, [this] {
        m_bar->setLabels(m_source->labels());
    });
    m_bar->setLabels(source->labels());
    if (source->isLoaded()) {
        begin();
    }
}

TopologyPage::~TopologyPage()
{
    delete m_view; // before the scene that it shows
    delete m_outline;
    delete m_plan;
    delete m_proof;
}

void TopologyPage::buildLayout()
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_rulesBar);
    layout->addWidget(m_trafficBar);
    layout->addWidget(m_relationBar);
    auto *splitter = new QSplitter(this);
    splitter->setObjectName(u"topology.splitter"_s);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_outline);
    splitter->addWidget(m_view);
    splitter->addWidget(m_proof);
    splitter->addWidget(m_palette);
    splitter->setStretchFactor(1, 1);
    layout->addWidget(splitter, 1);
    m_path->setObjectName(u"topology.path"_s);
    m_path->setTextFormat(Qt::PlainText);
    m_path->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_path->setContentsMargins(8, 4, 8, 4);
    m_path->setText(u" "_s); // its room is there before its words: nothing jumps
    layout->addWidget(m_path);
    layout->addWidget(m_plan);
    m_outline->hide();
    m_proof->hide();
    m_palette->hide();
    setFocusProxy(m_view);
}

void TopologyPage::connectView()
{
    connect(m_bar, &TopologyBar::filterChanged, this, [this] {
        m_scene.setFilter(m_bar->filter());
    });
    connect(m_bar, &TopologyBar::tidyWanted, this, &TopologyPage::tidy);
    connect(m_bar, &TopologyBar::fitWanted, m_view, &TopologyView::fit);
    connect(m_bar, &TopologyBar::zoomInWanted, m_view, &TopologyView::zoomIn);
    connect(m_bar, &TopologyBar::zoomOutWanted, m_view, &TopologyView::zoomOut);
    connect(m_bar, &TopologyBar::outlineToggled, m_outline, &QWidget::setVisible);
    connect(m_bar, &TopologyBar::planningToggled, &m_editor, &NetworkEditor::setPlanning);
    connect(&m_scene, &TopologyScene::selectionChangedTo, this, &TopologyPage::selectionChanged);
    connect(&m_scene, &TopologyScene::selectionChangedTo, this, &TopologyPage::showPath);
    connect(m_graph.get(), &GraphModel::linkChanged, this, &TopologyPage::showPath);
    connect(m_view, &TopologyView::changeProposed, this, &TopologyPage::propose);
    connect(m_view, &TopologyView::menuWanted, this, [this](const QPoint &position) {
        if (m_scene.selection().isEmpty()) {
            m_scene.select(m_view->subjects());
        }
        if (!m_scene.selection().isEmpty()) {
            Q_EMIT menuWanted(position);
        }
    });
    connect(m_view, &TopologyView::hintWanted, this, &TopologyPage::hint);
    connect(m_view, &TopologyView::filesDropped, this, &TopologyPage::filesDropped);
    connect(m_view, &TopologyView::toggleWanted, this, &TopologyPage::toggle);
    connect(m_view, &TopologyView::networkMenuWanted, this, &TopologyPage::showNetworkMenu);
    connect(m_view, &TopologyView::insertMenuWanted, this, &TopologyPage::showInsertMenu);
    connect(m_view, &TopologyView::warningsWanted, this, &TopologyPage::showWarnings);
    connect(m_view, &TopologyView::detailsWanted, this, [this](const QString &node) {
        m_scene.select({node}); // its path is said below
    });
    connect(m_view, &TopologyView::nodesMoved, this, [this](const Places &before, const Places &after) {
        m_editor.undoStack().push(
            new PlaceCommand(&m_picture, before, after, i18nc("@action what Undo takes back", "Move in the Picture")));
    });
    connect(m_view, &TopologyView::currentChanged, this, [this] {
        m_outline->select(m_view->current().value_or(QString()));
    });
    connect(m_outline, &Outline::chosen, this, [this](const QString &node) {
        const QString shown = m_picture.nodeFor(node);
        m_view->setCurrent(shown.isEmpty() ? node : shown);
        m_scene.select({node});
    });
    connect(m_outline, &Outline::keyForPicture, this, [this](QKeyEvent *event) {
        QCoreApplication::sendEvent(m_view, event);
    });
}

void TopologyPage::connectSidePanes()
{
    connect(m_bar, &TopologyBar::recipesToggled, this, [this](bool isShown) {
        m_palette->setVisible(isShown);
        if (isActiveWindow()) { // not while the window is made
            isShown ? m_palette->setFocus() : m_view->setFocus();
        }
    });
    connect(m_bar, &TopologyBar::proofToggled, this, [this](bool isShown) {
        m_proof->setVisible(isShown);
        isShown ? showPath() : m_proof->show({});
    });
    connect(m_palette, &RecipePalette::chosen, this, [this](const QString &key) {
        openRecipe(key, m_scene.selection().size() == 1 ? m_scene.selection().first() : QString());
    });
    connect(m_view, &TopologyView::recipeDropped, this, &TopologyPage::openRecipe);
    connect(m_proof, &ProofPane::tested, &m_scene, &TopologyScene::setReached);
}

void TopologyPage::setProbes(ProbeRunner::Run run, const QString &outside)
{
    m_probeRun = std::move(run);
    m_proof->setOutside(outside);
}

void TopologyPage::showPath()
{
    const QString words = selectionWords(m_graph->graph(), m_scene.selection());
    m_path->setText(words.isEmpty() ? u" "_s : words);
    if (!m_proof->isHidden()) { // nobody is asked for rules that nobody sees
        m_proof->show(m_scene.selection().size() == 1 ? m_scene.selection().first() : QString());
    }
}

void TopologyPage::begin()
{
    if (m_picture.hasBegun()) {
        return;
    }
    m_picture.begin();
    m_editor.setRemembered(m_picture.state().remembered);
    const QList<NetworkStep> plan = m_picture.state().plan; // what is kept is written anew by each of the next two
    const QList<PlanStep> others = m_picture.state().otherPlan;
    const bool isPlanning = m_picture.state().isPlanning;
    m_editor.setPlan(plan, others);
    m_editor.setPlanning(isPlanning);
    m_view->fit();
}

QStringList TopologyPage::selection() const
{
    return m_scene.selection();
}

void TopologyPage::select(const QStringList &qubes)
{
    m_scene.select(qubes);
    if (!qubes.isEmpty() && m_picture.hasBegun()) {
        if (const QString node = m_picture.nodeFor(qubes.first()); !node.isEmpty()) {
            m_view->setCurrent(node);
        }
    }
}

void TopologyPage::setMatching(const std::optional<QSet<QString>> &qubes)
{
    m_scene.setMatching(qubes);
}

void TopologyPage::tidy()
{
    Places before;
    const Places after = m_picture.tidied(m_bar->grouping());
    for (const QString &node : after.keys()) {
        before.insert(node, m_picture.placeOf(node));
    }
    if (before != after) {
        m_editor.undoStack().push(
            new PlaceCommand(&m_picture, before, after, i18nc("@action what Undo takes back", "Tidy")));
    }
    m_view->fit();
}

void TopologyPage::toggle(const QStringList &qubes)
{
    if (qubes.size() > 1) { // several go offline together
        propose(connectChange(m_editor.base(), qubes, {}));
        return;
    }
    const NetworkChange change = m_editor.toggled(qubes.first());
    if (change.steps.isEmpty()) {
        Q_EMIT hint(i18nc("@info %1 a qube's name",
                          "%1 has no network, and none is remembered. Press N to choose a net qube.",
                          qubes.first()));
        return;
    }
    propose(change);
}

void TopologyPage::propose(const NetworkChange &change)
{
    if (change.steps.isEmpty()) {
        return;
    }
    if (m_editor.isPlanning()) {
        m_editor.submit(change); // the plan is the preview
        tellPlanned(change.title);
        return;
    }
    showSheet(change, {}, {});
}

/// Where the plan is not in sight.
void TopologyPage::tellPlanned(const QString &deed)
{
    if (!isVisible()) {
        Q_EMIT hint(i18nc("@info %1 a deed", "“%1” is in the plan. Nothing is done until it is applied.", deed));
    }
}

void TopologyPage::showSheet(const NetworkChange &change, const QString &note, const QStringList &problems)
{
    // Of the window, not of the page: the list asks here, too.
    auto *sheet = new PreviewSheet(change.title, m_editor.preview(change), note, problems, window());
    connect(sheet, &QDialog::accepted, this, [this, change] {
        // The network may have changed while the sheet was open.
        for (const NetworkStep &step : change.steps) {
            const QString problem = problemOf(m_graph->graph(), change.steps, step, m_source->defaults());
            if (!problem.isEmpty()) {
                Q_EMIT failed(u"network-picture"_s,
                              i18nc("@info %1 a sentence that says why", "Nothing was changed. %1", problem),
                              {});
                return;
            }
        }
        m_editor.submit(change);
    });
    sheet->open();
}

void TopologyPage::showNetworkMenu(const QStringList &clients, const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(u"topology.networkmenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const NetworkGraph base = m_editor.base();
    const auto add = [&](const QString &provider, const QIcon &icon) {
        const LinkVerdict verdict = m_editor.judge(clients, provider);
        QAction *action = menu->addAction(icon, QString(verdict.text).replace(u'&', u"&&"_s));
        action->setData(provider);
        action->setEnabled(verdict.fit != Fit::No);
        connect(action, &QAction::triggered, this, [this, clients, provider] {
            propose(connectChange(m_editor.base(), clients, provider));
        });
    };
    for (const QString &name : base.names()) {
        if (base.find(name)->providesNetwork) {
            add(name, markIcon(m_graph->markOf(name)));
        }
    }
    menu->addSeparator();
    add({}, QIcon::fromTheme(u"network-offline"_s));
    menu->popup(position);
}

void TopologyPage::showInsertMenu(const QString &client, const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(u"topology.insertmenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const NetworkGraph base = m_editor.base();
    for (const QString &name : base.names()) {
        if (!base.find(name)->providesNetwork || name == client) {
            continue;
        }
        const LinkVerdict verdict = m_editor.judgeInto(name, client);
        QAction *action =
            menu->addAction(markIcon(m_graph->markOf(name)), QString(verdict.text).replace(u'&', u"&&"_s));
        action->setData(name);
        action->setEnabled(verdict.fit != Fit::No);
        connect(action, &QAction::triggered, this, [this, client, name] {
            propose(insertChange(m_editor.base(), name, client));
        });
    }
    menu->popup(position);
}

void TopologyPage::showWarnings(const QString &node)
{
    const QStringList warnings = m_graph->warningsOf(node);
    Q_EMIT hint(warnings.isEmpty() ? i18nc("@info", "There are no warnings here.") : warnings.join(u' '));
}

void TopologyPage::tellWriting(const QString &path, const Result<void> &result)
{
    if (!result) {
        Q_EMIT failed(u"network-file"_s,
                      i18nc("@info %1 a file's name, %2 a reason of the system",
                            "%1 could not be written. %2",
                            path,
                            QString::fromStdString(result.error().text())),
                      {});
    }
}

void TopologyPage::exportPictureTo(const QString &path, ExportedNames names)
{
    tellWriting(path, exportPicture(m_scene, path, names));
}

void TopologyPage::exportTextTo(const QString &path)
{
    QSaveFile file(path);
    const QByteArray bytes = writeTopology(m_graph->graph());
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit();
    tellWriting(path, isWritten ? Result<void>() : fail(Errc::Io, file.errorString().toStdString()));
}

void TopologyPage::importTextFrom(const QString &path)
{
    QFile file(path);
    const auto lines = file.open(QIODevice::ReadOnly)
        ? parseTopology(file.read(MaxTopologyFile + 1))
        : Result<QList<TopologyLine>>(fail(Errc::Io, file.errorString().toStdString()));
    if (!lines) {
        Q_EMIT failed(u"network-file"_s,
                      i18nc("@info %1 a file's name, %2 a reason",
                            "%1 was not applied. %2",
                            path,
                            QString::fromStdString(lines.error().text())),
                      {});
        return;
    }
    const TopologyComparison comparison = compareTopology(m_graph->graph(), *lines, m_source->defaults());
    if (comparison.change.steps.isEmpty() && comparison.problems.isEmpty()) {
        Q_EMIT hint(i18nc("@info %1 a file's name", "The network is as %1 says. There is nothing to change.", path));
        return;
    }
    const QString note = comparison.unlisted.isEmpty() ? QString()
                                                       : i18ncp("@info",
                                                                "One qube is not in the file and stays as it is.",
                                                                "%1 qubes are not in the file and stay as they are.",
                                                                comparison.unlisted.size());
    showSheet(comparison.change, note, comparison.problems);
}

void TopologyPage::saveState()
{
    if (const auto saved = m_picture.save(); !saved) {
        Q_EMIT hint(i18nc("@info %1 a reason of the system",
                          "The places of the picture could not be kept: %1",
                          QString::fromStdString(saved.error().text())));
    }
}

QStringList TopologyPage::switchedOn() const
{
    return m_bar->switchedOn();
}

void TopologyPage::switchOn(const QStringList &names)
{
    m_bar->switchOn(names);
}

} // namespace Bulkhead
