// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/mainwindow.h"

#include "manager/app/createdialog.h"
#include "manager/app/filecopies.h"
#include "manager/app/guestprobes.h"
#include "manager/app/guestprogram.h"
#include "manager/app/messagearea.h"
#include "manager/app/qubeactions.h"
#include "manager/app/qubepage.h"
#include "manager/app/questions.h"
#include "manager/client/demomode.h"
#include "manager/files/copyjob.h"
#include "manager/models/qubemodel.h"
#include "manager/models/untrustedtext.h"
#include "manager/recipes/recipe.h"
#include "manager/topology/topologypage.h"
#include "manager/widgets/demonotice.h"

#include <KActionCollection>
#include <KActionMenu>
#include <KConfigGroup>
#include <KHamburgerMenu>
#include <KLocalizedString>
#include <KMessageWidget>
#include <KSharedConfig>
#include <KStandardAction>
#include <KToggleAction>
#include <KXMLGUIFactory>
#include <QActionGroup>
#include <QApplication>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QStatusBar>
#include <QTreeView>
#include <QVBoxLayout>
#include <QWidgetAction>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr QSize smallestSize(720, 480);
constexpr QSize usualSize(1040, 640);

/// What a real test of the network tries to reach: the demo's stand-in for the internet, else a public name server.
QString addressOutside()
{
    const QString usual = isDemo() ? u"198.51.100.1"_s : u"9.9.9.9"_s;
    return KSharedConfig::openConfig()->group(u"Topology"_s).readEntry("AddressOutside", usual);
}

} // namespace

MainWindow::MainWindow(QubeSource *source, GuestPrograms *programs, QWidget *parent)
    : KXmlGuiWindow(parent)
    , m_source(source)
    , m_model(new QubeModel(source, this))
    , m_page(new QubePage(source, m_model, this))
    , m_messages(new MessageArea(this))
    , m_lostBanner(new KMessageWidget(this))
    , m_actions(new QubeActions(
          source,
          m_model,
          &m_page->topology()->editor(),
          programs,
          [this] {
              return m_page->selection();
          },
          this))
    , m_copies(new FileCopies(CopyJob::installedProgram(), m_messages, this))
    , m_countLabel(new QLabel(this))
    , m_runningLabel(new QLabel(this))
    , m_connectionLabel(new QLabel(this))
{
    setObjectName(u"manager"_s);
    setComponentName(u"bulkhead-manager"_s, i18nc("@title", "Qubes")); // the menus' description lies under this name
    setMinimumSize(smallestSize);
    buildCentre();
    buildActions();
    buildStatusBar();
    setupGUI(usualSize, Keys | ToolBar | Save | Create, u"bulkhead-managerui.rc"_s);
    m_page->restoreState();

    connect(source, &QubeSource::connectionChanged, this, &MainWindow::showConnection);
    connect(source, &QubeSource::loaded, this, &MainWindow::showConnection);
    connect(source, &QubeSource::loaded, this, &MainWindow::showCounts);
    connect(source, &QubeSource::qubeChanged, this, &MainWindow::showCounts);
    connect(source, &QubeSource::qubeRemoved, this, &MainWindow::showCounts);
    connect(m_page, &QubePage::visibleCountChanged, this, &MainWindow::showCounts);
    connect(m_page, &QubePage::selectionChanged, m_actions, &QubeActions::refresh);
    connect(m_page, &QubePage::menuWanted, this, &MainWindow::showMenu);
    connect(m_page, &QubePage::newQubeWanted, this, &MainWindow::openCreateDialog);
    connect(m_actions, &QubeActions::failed, this, &MainWindow::showFailure);
    connect(m_actions, &QubeActions::succeeded, m_messages, &MessageArea::clear);
    connect(m_actions, &QubeActions::networkProposed, m_page->topology(), &TopologyPage::propose);
    connect(m_actions, &QubeActions::filesChosen, m_copies, &FileCopies::copy);
    connect(m_page, &QubePage::filesDropped, m_copies, &FileCopies::copy);
    connect(m_page->topology(), &TopologyPage::failed, this, &MainWindow::showFailure);
    connect(m_page->topology(), &TopologyPage::succeeded, m_messages, &MessageArea::clear);
    connect(m_page->topology(), &TopologyPage::hint, this, [this](const QString &text) {
        m_messages->show(KMessageWidget::Information, shownText(text), u"network-hint"_s);
    });
    showConnection();
    showCounts();
    if (m_page->viewKind() == QubePage::ViewKind::List) {
        m_page->view()->setFocus();
    }
}

void MainWindow::buildCentre()
{
    auto *centre = new QWidget(this);
    auto *layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    if (isDemo()) {
        layout->addWidget(makeDemoNotice(centre));
    }
    m_lostBanner->setObjectName(u"banner.notconnected"_s);
    m_lostBanner->setMessageType(KMessageWidget::Warning);
    m_lostBanner->setTextFormat(Qt::PlainText);
    m_lostBanner->setIcon(QIcon::fromTheme(u"network-disconnect"_s));
    m_lostBanner->setPosition(KMessageWidget::Header);
    m_lostBanner->setCloseButtonVisible(false);
    m_lostBanner->setWordWrap(true);
    m_lostBanner->hide();
    auto *retry = new QAction(QIcon::fromTheme(u"view-refresh"_s), i18nc("@action:button", "Try Now"), this);
    connect(retry, &QAction::triggered, m_source, &QubeSource::reconnectNow);
    m_lostBanner->addAction(retry);
    layout->addWidget(m_lostBanner);
    layout->addWidget(m_messages);
    layout->addWidget(m_page, 1);
    setCentralWidget(centre);
}

void MainWindow::buildActions()
{
    KActionCollection *actions = actionCollection();
    auto *create = new QAction(QIcon::fromTheme(u"list-add"_s), i18nc("@action", "New Qube…"), this);
    create->setIconText(i18nc("@action:intoolbar", "New Qube"));
    connect(create, &QAction::triggered, this, &MainWindow::openCreateDialog);
    actions->addAction(u"file_new_qube"_s, create);
    KActionCollection::setDefaultShortcut(create, Qt::CTRL | Qt::Key_N);

    auto *reload = new QAction(QIcon::fromTheme(u"view-refresh"_s), i18nc("@action", "Reload"), this);
    connect(reload, &QAction::triggered, m_source, &QubeSource::reload);
    actions->addAction(u"view_reload"_s, reload);
    KActionCollection::setDefaultShortcut(reload, Qt::Key_F5);

    auto *search = new QWidgetAction(this);
    m_page->searchField()->setFixedWidth(fontMetrics().averageCharWidth() * 32);
    search->setDefaultWidget(m_page->searchField());
    search->setText(i18nc("@action", "Search Field"));
    actions->addAction(u"search_field"_s, search);

    buildViewActions();
    buildNetworkActions();
    buildNetworkFileActions();
    m_actions->addTo(actions);
    // Not the standard action: it would put a second way to search into the tool bar, beside the field.
    auto *find = new QAction(QIcon::fromTheme(u"edit-find"_s), i18nc("@action", "Find…"), this);
    connect(find, &QAction::triggered, this, [this] {
        m_page->searchField()->setFocus();
        m_page->searchField()->selectAll();
    });
    actions->addAction(u"list_find"_s, find);
    KActionCollection::setDefaultShortcut(find, Qt::CTRL | Qt::Key_F);
    KStandardAction::quit(qApp, &QCoreApplication::quit, actions);
    KStandardAction::showMenubar(
        this,
        [this](bool isShown) {
            menuBar()->setVisible(isShown);
        },
        actions);
    auto *hamburger = KStandardAction::hamburgerMenu(nullptr, nullptr, actions);
    hamburger->setMenuBar(menuBar());
}

void MainWindow::buildViewActions()
{
    auto *group = new QActionGroup(this);
    const auto add = [&](const QString &name,
                         const QString &text,
                         const QString &icon,
                         QKeyCombination key,
                         QubePage::ViewKind kind) {
        auto *action = new KToggleAction(QIcon::fromTheme(icon), text, this);
        action->setActionGroup(group);
        action->setChecked(m_page->viewKind() == kind);
        actionCollection()->addAction(name, action);
        KActionCollection::setDefaultShortcut(action, key);
        connect(action, &QAction::triggered, this, [this, kind] {
            m_page->setViewKind(kind);
        });
        connect(m_page, &QubePage::viewKindChanged, action, [this, action, kind] {
            action->setChecked(m_page->viewKind() == kind);
        });
    };
    add(u"view_list"_s,
        i18nc("@action", "List"),
        u"view-list-details"_s,
        Qt::CTRL | Qt::Key_1,
        QubePage::ViewKind::List);
    add(u"view_topology"_s,
        i18nc("@action", "Topology"),
        u"network-connect"_s,
        Qt::CTRL | Qt::Key_3,
        QubePage::ViewKind::Topology);
}

void MainWindow::buildNetworkActions()
{
    KActionCollection *actions = actionCollection();
    TopologyPage *topology = m_page->topology();
    NetworkEditor *editor = &topology->editor();
    topology->setProbes(GuestProbes::runner(new GuestProbes(
                            GuestPrograms::installedClient(), adminSocketPath(), addressOutside(), this)),
                        addressOutside());
    auto *fromRecipe = new KActionMenu(QIcon::fromTheme(u"document-new"_s), i18nc("@action", "New from Recipe"), this);
    for (const Recipe &recipe : recipes()) {
        QAction *action = fromRecipe->menu()->addAction(QIcon::fromTheme(recipe.icon), recipe.title);
        connect(action, &QAction::triggered, this, [topology, key = recipe.key] {
            topology->openRecipe(
                key,
                topology->isVisible() && topology->selection().size() == 1 ? topology->selection().first() : QString());
        });
    }
    actions->addAction(u"file_new_from_recipe"_s, fromRecipe);
    QAction *undo = KStandardAction::undo(editor, &NetworkEditor::undo, actions);
    QAction *redo = KStandardAction::redo(editor, &NetworkEditor::redo, actions);
    const auto refresh = [undo, redo, editor] {
        const QUndoStack &stack = editor->undoStack();
        undo->setEnabled(stack.canUndo() && !editor->isBusy());
        redo->setEnabled(stack.canRedo() && !editor->isBusy());
        undo->setText(stack.canUndo() ? i18nc("@action %1 a deed", "Undo: %1", stack.undoText())
                                      : i18nc("@action", "Undo"));
        redo->setText(stack.canRedo() ? i18nc("@action %1 a deed", "Redo: %1", stack.redoText())
                                      : i18nc("@action", "Redo"));
    };
    // Until the first of the two actions goes: the stack empties itself when the window is taken down.
    connect(&editor->undoStack(), &QUndoStack::indexChanged, undo, refresh);
    connect(editor, &NetworkEditor::busyChanged, undo, refresh);
    refresh();
}

/// The network as files: pictures, and text that is compared and applied.
void MainWindow::buildNetworkFileActions()
{
    KActionCollection *actions = actionCollection();
    TopologyPage *topology = m_page->topology();
    const auto add =
        [&](const QString &name, const QString &text, const QString &icon, const std::function<void()> &deed) {
            auto *action = new QAction(QIcon::fromTheme(icon), text, this);
            connect(action, &QAction::triggered, this, deed);
            actions->addAction(name, action);
        };
    const QString textFilter = i18nc("@item:inlistbox files", "Network descriptions (*.topology)");
    const auto askForPicture = [this, topology](const QString &title, ExportedNames names) {
        askForFile(title,
                   i18nc("@item:inlistbox files", "Vector pictures (*.svg);;Pictures (*.png)"),
                   true,
                   [topology, names](const QString &path) {
                       topology->exportPictureTo(path, names);
                   });
    };
    add(u"network_export_picture"_s,
        i18nc("@action", "Export Network as Picture…"),
        u"image-x-generic"_s,
        [askForPicture] {
            askForPicture(i18nc("@title:window", "Export Network as Picture"), ExportedNames::AsTheyAre);
        });
    add(u"network_export_numbered"_s,
        i18nc("@action", "Export Picture without Names…"),
        u"image-x-generic"_s,
        [askForPicture] {
            askForPicture(i18nc("@title:window", "Export Network as Picture without Names"), ExportedNames::Numbered);
        });
    add(u"network_export_text"_s,
        i18nc("@action", "Export Network as Text…"),
        u"document-export"_s,
        [this, topology, textFilter] {
            askForFile(
                i18nc("@title:window", "Export Network as Text"), textFilter, true, [topology](const QString &path) {
                    topology->exportTextTo(path);
                });
        });
    add(u"network_import_text"_s,
        i18nc("@action", "Import Network…"),
        u"document-import"_s,
        [this, topology, textFilter] {
            askForFile(i18nc("@title:window", "Import Network"), textFilter, false, [topology](const QString &path) {
                topology->importTextFrom(path);
            });
        });
}

void MainWindow::askForFile(const QString &title,
                            const QString &filter,
                            bool isForWriting,
                            std::function<void(QString)> use)
{
    auto *dialog = new QFileDialog(this, title, QString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(isForWriting ? QFileDialog::AcceptSave : QFileDialog::AcceptOpen);
    dialog->setFileMode(isForWriting ? QFileDialog::AnyFile : QFileDialog::ExistingFile);
    const auto takeSuffix = [dialog](const QString &chosen) { // a name without one gets the filter's
        dialog->setDefaultSuffix(chosen.section(u"*."_s, 1).section(u')', 0, 0));
    };
    takeSuffix(filter);
    connect(dialog, &QFileDialog::filterSelected, dialog, takeSuffix);
    connect(dialog, &QFileDialog::fileSelected, this, std::move(use));
    dialog->open();
}

void MainWindow::buildStatusBar()
{
    statusBar()->setObjectName(u"status"_s);
    m_countLabel->setObjectName(u"status.count"_s);
    m_runningLabel->setObjectName(u"status.running"_s);
    m_connectionLabel->setObjectName(u"status.connection"_s);
    for (QLabel *label : {m_countLabel, m_runningLabel, m_connectionLabel}) {
        label->setTextFormat(Qt::PlainText);
        label->setContentsMargins(8, 0, 8, 0);
    }
    statusBar()->addWidget(m_countLabel);
    statusBar()->addWidget(m_runningLabel);
    statusBar()->addPermanentWidget(m_connectionLabel);
}

void MainWindow::showConnection()
{
    switch (m_source->connection()) {
    case QubeSource::Connection::Connecting:
        m_connectionLabel->setText(i18nc("@info:status", "Connecting…"));
        break;
    case QubeSource::Connection::Connected:
        m_connectionLabel->setText(i18nc("@info:status", "Connected"));
        break;
    case QubeSource::Connection::Lost:
        m_connectionLabel->setText(i18nc("@info:status", "Not connected"));
        m_lostBanner->setText(i18nc("@info %1 a time of day",
                                    "Not connected to the core service since %1. What you see may be old.",
                                    QLocale().toString(m_source->lostSince().time(), QLocale::ShortFormat)));
        break;
    }
    // Before the first list there is nothing that could be old; the page itself says it then.
    m_lostBanner->setVisible(m_source->connection() == QubeSource::Connection::Lost && m_source->isLoaded());
    const bool isConnected = m_source->connection() == QubeSource::Connection::Connected;
    actionCollection()->action(u"file_new_qube"_s)->setEnabled(isConnected && m_source->isLoaded());
    actionCollection()->action(u"view_reload"_s)->setEnabled(isConnected);
    m_actions->refresh();
}

void MainWindow::showCounts()
{
    const int all = m_model->rowCount();
    const int visible = m_page->visibleCount();
    m_countLabel->setText(visible == all
                              ? i18ncp("@info:status", "%1 qube", "%1 qubes", all)
                              : i18ncp("@info:status %2 a number", "%2 of %1 qube", "%2 of %1 qubes", all, visible));
    m_runningLabel->setText(i18ncp("@info:status", "%1 running", "%1 running", m_model->runningCount()));
    m_countLabel->setVisible(m_source->isLoaded());
    m_runningLabel->setVisible(m_source->isLoaded());
}

void MainWindow::showMenu(const QPoint &position)
{
    if (auto *menu = qobject_cast<QMenu *>(guiFactory()->container(u"qube_context"_s, this))) {
        menu->popup(position);
    }
}

void MainWindow::showFailure(const QString &subject, const QString &text, const std::function<void()> &retry)
{
    KMessageWidget *message = m_messages->show(KMessageWidget::Error, shownText(text), subject);
    if (retry) {
        auto *again = new QAction(QIcon::fromTheme(u"view-refresh"_s), i18nc("@action:button", "Try Again"), message);
        connect(again, &QAction::triggered, this, [this, subject, retry] {
            m_messages->clear(subject);
            retry();
        });
        message->addAction(again);
    }
}

void MainWindow::openCreateDialog()
{
    if (m_source->connection() != QubeSource::Connection::Connected || !m_source->isLoaded()) {
        return;
    }
    auto *dialog = new CreateDialog(m_source, this);
    connect(dialog, &CreateDialog::created, m_page, &QubePage::select);
    dialog->setCollector([editor = &m_page->topology()->editor()](const NewQube &qube) {
        return editor->collect(CreateStep{.qube = qube});
    });
    dialog->open();
}

void MainWindow::setPolicy(PolicyFacts *facts)
{
    m_page->topology()->setPolicy(facts);
}

void MainWindow::setFilePolicy(FilePolicy *policy)
{
    m_page->setFilePolicy(policy);
}

void MainWindow::setGivenUp(GivenUpWatch *watch)
{
    m_givenUp = watch;
    connect(watch, &GivenUpWatch::changed, this, &MainWindow::showGivenUp);
    connect(m_source, &QubeSource::loaded, this, &MainWindow::showGivenUp);
    connect(m_source, &QubeSource::qubeChanged, this, &MainWindow::showGivenUp);
    connect(m_source, &QubeSource::qubeRemoved, this, &MainWindow::showGivenUp);
    showGivenUp();
}

void MainWindow::showGivenUp()
{
    QList<GivenUpDaemon> now;
    const QList<QubeInfo> qubes = m_source->qubes();
    for (const GivenUpDaemon &daemon : m_givenUp->daemons()) {
        const auto qube = std::ranges::find(qubes, daemon.qube, &QubeInfo::name);
        if (qube != qubes.end() && isUp(qube->state) && qube->domId == daemon.domain) { // else it is of a run before
            now << daemon;
        }
    }
    const auto subjectOf = [](const GivenUpDaemon &daemon) {
        return QString(u"windows "_s + daemon.qube);
    };
    for (const GivenUpDaemon &daemon : std::as_const(m_shownGivenUp)) {
        if (!now.contains(daemon)) {
            m_messages->clear(subjectOf(daemon));
        }
    }
    for (const GivenUpDaemon &daemon : std::as_const(now)) {
        if (!m_shownGivenUp.contains(daemon)) { // said once: the person may have closed it
            m_messages->show(KMessageWidget::Warning, shownText(givenUpWords(daemon)), subjectOf(daemon));
        }
    }
    m_shownGivenUp = std::move(now);
}

void MainWindow::carryOut(const StartRequest &request)
{
    if (!request.problem.isEmpty()) {
        m_messages->show(KMessageWidget::Warning, shownText(request.problem), u"start"_s);
    }
    if (request.view) {
        m_page->setViewKind(*request.view == StartRequest::View::Topology ? QubePage::ViewKind::Topology
                                                                          : QubePage::ViewKind::List);
    }
    if (!request.qube.isEmpty()) {
        const auto choose = [this, name = request.qube] {
            if (m_model->rowOf(name) < 0) {
                m_messages->show(KMessageWidget::Warning,
                                 shownText(i18nc("@info %1 a name", "There is no qube “%1”.", name)),
                                 u"start"_s);
            }
            m_page->select(name);
        };
        m_source->isLoaded() ? choose()
                             : void(connect(m_source, &QubeSource::loaded, this, choose, Qt::SingleShotConnection));
    }
    if (request.opensCreateDialog) {
        m_source->isLoaded()
            ? openCreateDialog()
            : void(connect(
                  m_source, &QubeSource::loaded, this, &MainWindow::openCreateDialog, Qt::SingleShotConnection));
    }
}

bool MainWindow::queryClose()
{
    m_page->saveState();
    if (m_copies->busyQubes().isEmpty()) {
        return true;
    }
    askToStopCopying();
    return false;
}

/// Once for all, and the window stays until it is answered.
void MainWindow::askToStopCopying()
{
    if (m_stopQuestion) {
        m_stopQuestion->raise();
        return;
    }
    QMessageBox *question = makeStopCopyingQuestion(m_copies->busyQubes(), this);
    connect(question, &QDialog::accepted, this, [this] {
        m_copies->stop();
        close();
    });
    m_stopQuestion = question;
    question->open();
}

} // namespace Bulkhead
