// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/qubeactions.h"

#include "manager/app/guestprogram.h"
#include "manager/app/questions.h"
#include "manager/app/rundialog.h"
#include "manager/delegates/labelmark.h"
#include "manager/models/qubemodel.h"
#include "manager/models/untrustedtext.h"
#include "manager/topology/networkeditor.h"

#include <KActionCollection>
#include <KActionMenu>
#include <KLocalizedString>
#include <QCursor>
#include <QFileDialog>
#include <QMenu>
#include <QMessageBox>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString busyWords(Deed deed)
{
    switch (deed) {
    case Deed::Start:
    case Deed::Resume:
        return i18nc("@item what is happening to a qube", "Starting…");
    case Deed::ShutDown:
        return i18nc("@item what is happening to a qube", "Shutting down…");
    case Deed::Restart:
        return i18nc("@item what is happening to a qube", "Restarting…");
    case Deed::Pause:
        return i18nc("@item what is happening to a qube", "Pausing…");
    case Deed::Kill:
        return i18nc("@item what is happening to a qube", "Killing…");
    case Deed::Delete:
        return i18nc("@item what is happening to a qube", "Deleting…");
    }
    std::unreachable();
}

/// What happened and why; what to do next are the message's buttons.
QString failureText(Deed deed, const QString &qube, const QString &why)
{
    switch (deed) {
    case Deed::Start:
        return i18nc("@info %1 a qube's name, %2 a sentence that says why", "%1 could not be started. %2", qube, why);
    case Deed::Resume:
        return i18nc("@info %1 a qube's name, %2 a sentence that says why", "%1 could not be resumed. %2", qube, why);
    case Deed::ShutDown:
        return i18nc("@info %1 a qube's name, %2 a sentence that says why", "%1 could not be shut down. %2", qube, why);
    case Deed::Restart:
        return i18nc("@info %1 a qube's name, %2 a sentence that says why", "%1 could not be restarted. %2", qube, why);
    case Deed::Pause:
        return i18nc("@info %1 a qube's name, %2 a sentence that says why", "%1 could not be paused. %2", qube, why);
    case Deed::Kill:
        return i18nc("@info %1 a qube's name, %2 a sentence that says why", "%1 could not be killed. %2", qube, why);
    case Deed::Delete:
        return i18nc("@info %1 a qube's name, %2 a sentence that says why", "%1 could not be deleted. %2", qube, why);
    }
    std::unreachable();
}

QString subjectOf(Deed deed, const QString &qube)
{
    return u"%1:%2"_s.arg(std::to_underlying(deed)).arg(qube);
}

} // namespace

QubeActions::QubeActions(QubeSource *source,
                         QubeModel *model,
                         NetworkEditor *editor,
                         GuestPrograms *programs,
                         Selection selection,
                         QWidget *window)
    : QObject(window)
    , m_source(source)
    , m_model(model)
    , m_editor(editor)
    , m_programs(programs)
    , m_selection(std::move(selection))
    , m_window(window)
{
    connect(source, &QubeSource::connectionChanged, this, &QubeActions::refresh);
    connect(source, &QubeSource::qubeChanged, this, &QubeActions::refresh);
    connect(source, &QubeSource::startFailed, this, [this](const QString &qube, const QString &reason) {
        // Somebody else's start, or ours a moment before its answer: one subject, so one message.
        Q_EMIT failed(subjectOf(Deed::Start, qube), failureText(Deed::Start, qube, reason), [this, qube] {
            performOne(Deed::Start, qube);
        });
    });
    connect(programs,
            &GuestPrograms::failed,
            this,
            [this](const QString &qube, const QString &commandLine, const QString &reason) {
                Q_EMIT failed(QString(u"run:" + qube),
                              i18nc("@info %1 a command, %2 a qube's name, %3 a sentence that says why",
                                    "“%1” could not be started in %2. %3",
                                    commandLine,
                                    qube,
                                    reason),
                              [this, qube, commandLine] {
                                  m_programs->run(qube, commandLine);
                              });
            });
}

void QubeActions::addTo(KActionCollection *collection)
{
    for (const ActionInfo &info : actionTable()) {
        QAction *action = nullptr;
        if (info.action == QubeAction::Label || info.action == QubeAction::Network) {
            auto *menu = new KActionMenu(this);
            menu->setPopupMode(QToolButton::InstantPopup);
            connect(menu->menu(), &QMenu::aboutToShow, this, [this, menu, which = info.action] {
                menu->menu()->clear();
                which == QubeAction::Label ? fillLabelMenu(menu->menu()) : fillNetworkMenu(menu->menu());
            });
            connect(menu, &QAction::triggered, this, [menu] { // by its key
                menu->menu()->popup(QCursor::pos());
            });
            action = menu;
        } else {
            action = new QAction(this);
            connect(action, &QAction::triggered, this, [this, which = info.action] {
                trigger(which);
            });
        }
        action->setText(info.text.toString());
        action->setIcon(QIcon::fromTheme(info.icon));
        collection->addAction(info.name, action);
        if (info.key.toCombined() != 0) {
            KActionCollection::setDefaultShortcut(action, info.key);
        }
        m_actions.insert(info.action, action);
    }
    refresh();
}

QAction *QubeActions::action(QubeAction action) const
{
    return m_actions.value(action);
}

void QubeActions::refresh()
{
    const QList<QubeInfo> selection = m_selection();
    const bool isConnected = m_source->connection() == QubeSource::Connection::Connected;
    for (const ActionInfo &info : actionTable()) {
        QAction *action = m_actions.value(info.action);
        if (action == nullptr) {
            return; // not built yet
        }
        const QString reason = reasonAgainst(info.action, selection, isConnected);
        action->setEnabled(reason.isEmpty());
        action->setToolTip(plainToolTip(reason.isEmpty() ? action->text().remove(u'&') : reason));
        action->setStatusTip(reason);
    }
    const bool resumes = !selection.isEmpty() && std::ranges::all_of(selection, [](const QubeInfo &qube) {
        return qube.state == QubeState::Paused || qube.state == QubeState::Suspended;
    });
    m_actions.value(QubeAction::Start)->setText(resumes ? i18nc("@action", "Resume") : i18nc("@action", "Start"));
}

void QubeActions::trigger(QubeAction action)
{
    const QList<QubeInfo> selection = m_selection();
    const QStringList targets = targetsOf(action, selection);
    switch (action) {
    case QubeAction::Start:
        startOrResume(selection);
        return;
    case QubeAction::ShutDown:
        perform(Deed::ShutDown, targets);
        return;
    case QubeAction::Restart:
        perform(Deed::Restart, targets);
        return;
    case QubeAction::Pause:
        perform(Deed::Pause, targets);
        return;
    case QubeAction::Kill:
        askToKill(targets);
        return;
    case QubeAction::Terminal:
        for (const QString &qube : targets) {
            m_programs->openTerminal(qube);
        }
        return;
    case QubeAction::Run:
        askForCommand(targets);
        return;
    case QubeAction::CopyFiles:
    case QubeAction::CopyFolder:
        if (targets.size() == 1) {
            askForFiles(action, targets.first());
        }
        return;
    case QubeAction::Delete:
        askToDelete(targets);
        return;
    case QubeAction::Network:
    case QubeAction::Label:
        return; // menus
    }
}

void QubeActions::startOrResume(const QList<QubeInfo> &selection)
{
    for (const QString &name : targetsOf(QubeAction::Start, selection)) {
        const auto qube = std::ranges::find(selection, name, &QubeInfo::name);
        const bool isAsleep = qube->state == QubeState::Paused || qube->state == QubeState::Suspended;
        performOne(isAsleep ? Deed::Resume : Deed::Start, name);
    }
}

void QubeActions::perform(Deed deed, const QStringList &qubes)
{
    for (const QString &qube : qubes) {
        performOne(deed, qube);
    }
}

void QubeActions::performOne(Deed deed, const QString &qube)
{
    m_model->setBusy(qube, busyWords(deed));
    m_source->perform(deed, qube, this, [this, deed, qube](const std::expected<void, AdminError> &result) {
        // Shutting down goes on after the answer; the event that ends it takes the word away.
        if (!result || deed != Deed::ShutDown) {
            m_model->setBusy(qube, {});
        }
        const QString subject = subjectOf(deed, qube);
        report(subject, result ? QString() : failureText(deed, qube, result.error().words), result, [this, deed, qube] {
            performOne(deed, qube);
        });
    });
}

void QubeActions::report(const QString &subject,
                         const QString &text,
                         const std::expected<void, AdminError> &result,
                         const std::function<void()> &retry)
{
    if (result) {
        Q_EMIT succeeded(subject);
    } else {
        Q_EMIT failed(subject, text, retry);
    }
}

void QubeActions::askToKill(const QStringList &qubes)
{
    QMessageBox *question = makeKillQuestion(qubes, m_window);
    connect(question, &QDialog::accepted, this, [this, qubes] {
        perform(Deed::Kill, qubes);
    });
    question->open();
}

void QubeActions::askToDelete(const QStringList &qubes)
{
    auto *question = new DeleteQuestion(qubes, m_window);
    connect(question, &QDialog::accepted, this, [this, qubes] {
        for (const QString &qube : qubes) {
            if (!m_editor->collect(DeleteStep{.qube = qube})) {
                performOne(Deed::Delete, qube);
            }
        }
    });
    question->open();
}

void QubeActions::askForCommand(const QStringList &qubes)
{
    auto *dialog = new RunDialog(qubes, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this, [this, dialog, qubes] {
        for (const QString &qube : qubes) {
            m_programs->run(qube, dialog->commandLine());
        }
    });
    dialog->open();
}

void QubeActions::askForFiles(QubeAction what, const QString &qube)
{
    const bool isFolder = what == QubeAction::CopyFolder;
    const QString title = isFolder
        ? i18nc("@title:window %1 a qube's name; a folder of dom0", "Copy a Folder to %1", qube)
        : i18nc("@title:window %1 a qube's name; files of dom0", "Copy Files to %1", qube);
    auto *dialog = new QFileDialog(m_window, title);
    dialog->setObjectName(isFolder ? u"copyfolder"_s : u"copyfiles"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptOpen);
    dialog->setFileMode(isFolder ? QFileDialog::Directory : QFileDialog::ExistingFiles);
    dialog->setLabelText(QFileDialog::Accept, i18nc("@action:button", "Copy"));
    connect(dialog, &QFileDialog::filesSelected, this, [this, qube](const QStringList &paths) {
        Q_EMIT filesChosen(qube, paths);
    });
    dialog->open();
}

void QubeActions::fillLabelMenu(QMenu *menu)
{
    const QList<QubeInfo> selection = m_selection();
    for (const LabelInfo &label : m_source->labels()) {
        QAction *action = menu->addAction(markIcon(markFor(label)), QString(label.name).replace(u'&', u"&&"_s));
        action->setCheckable(true);
        action->setChecked(std::ranges::all_of(selection, [&label](const QubeInfo &qube) {
            return qube.label == label.name;
        }));
        connect(action, &QAction::triggered, this, [this, name = label.name] {
            setLabel(name);
        });
    }
}

void QubeActions::fillNetworkMenu(QMenu *menu)
{
    const QString standard = m_source->defaults().netQube;
    menu->setToolTipsVisible(true);
    addNetwork(menu,
               {.kind = NewQube::Network::Default, .provider = {}},
               {},
               standard.isEmpty() ? i18nc("@action:inmenu", "Default (None)")
                                  : i18nc("@action:inmenu %1 a qube's name", "Default (%1)", standard));
    addNetwork(menu, {}, QIcon::fromTheme(u"network-offline"_s), i18nc("@action:inmenu no network", "None"));
    menu->addSeparator();
    const QList<QubeInfo> selection = m_selection();
    for (const QubeInfo &qube : m_source->qubes()) {
        if (!qube.providesNetwork || std::ranges::contains(selection, qube.name, &QubeInfo::name)) {
            continue;
        }
        const MarkStyle mark = markFor(labelNamed(m_source->labels(), qube.label), badgeFor(qube));
        addNetwork(menu, {.kind = NewQube::Network::Provider, .provider = qube.name}, markIcon(mark), qube.name);
    }
}

void QubeActions::addNetwork(QMenu *menu, const NetworkSetting &setting, const QIcon &icon, const QString &text)
{
    QAction *action = menu->addAction(icon, QString(text).replace(u'&', u"&&"_s));
    const QString reason = reasonAgainstNetwork(setting);
    action->setEnabled(reason.isEmpty());
    action->setToolTip(plainToolTip(reason.isEmpty() ? text : reason));
    connect(action, &QAction::triggered, this, [this, setting] {
        const QStringList qubes = targetsOf(QubeAction::Network, m_selection());
        Q_EMIT networkProposed(settingChange(m_editor->base(), qubes, setting, m_source->defaults()));
    });
}

QString QubeActions::reasonAgainstNetwork(const NetworkSetting &setting) const
{
    const NetworkGraph base = m_editor->base();
    const QString provider = providerUnder(setting, m_source->defaults());
    bool changesSomething = false;
    for (const QString &name : targetsOf(QubeAction::Network, m_selection())) {
        const QubeInfo *qube = base.find(name);
        if (qube == nullptr || settingOf(*qube) == setting) {
            continue;
        }
        changesSomething = true;
        if (provider != qube->netQube) {
            const LinkVerdict verdict = m_editor->judge({name}, provider);
            if (verdict.fit == Fit::No) {
                return verdict.text;
            }
        }
    }
    return changesSomething ? QString() : i18nc("@info:tooltip why an action is off", "It is set so already.");
}

void QubeActions::setLabel(const QString &label)
{
    const QList<QubeInfo> selection = m_selection();
    for (const QString &qube : targetsOf(QubeAction::Label, selection)) {
        const auto info = std::ranges::find(selection, qube, &QubeInfo::name);
        if (m_editor->collect(LabelStep{.qube = qube, .before = info->label, .after = label})) {
            continue;
        }
        m_source->setLabel(qube, label, this, [this, qube, label](const std::expected<void, AdminError> &result) {
            const QString text = result ? QString()
                                        : i18nc("@info %1 a qube's name, %2 a sentence that says why",
                                                "The label of %1 stays as it is. %2",
                                                qube,
                                                result.error().words);
            report(QString(u"label:" + qube), text, result, {});
        });
    }
}

} // namespace Bulkhead
