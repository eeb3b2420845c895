// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/shelf/shelfcontrol.h"

#include "manager/client/qubesource.h"
#include "manager/delegates/labelmark.h"
#include "manager/files/filedrag.h"

#include <KConfigGroup>
#include <KLocalizedString>
#include <QActionGroup>
#include <QCursor>
#include <QFileDialog>
#include <QLoggingCategory>
#include <QProcess>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(shelfLog, "bulkhead.tray.shelf", QtInfoMsg)

struct EdgeWord {
    Shelf::Edge edge;
    QLatin1StringView key; ///< in the settings
};

constexpr std::array EdgeWords{EdgeWord{.edge = Shelf::Edge::None, .key = "off"_L1},
                               EdgeWord{.edge = Shelf::Edge::Left, .key = "left"_L1},
                               EdgeWord{.edge = Shelf::Edge::Right, .key = "right"_L1}};

KConfigGroup group(const KSharedConfig::Ptr &settings)
{
    return settings->group(u"Shelf"_s);
}

Shelf::Edge edgeIn(const KSharedConfig::Ptr &settings)
{
    const QString key = group(settings).readEntry("Edge", u"right"_s);
    for (const EdgeWord &word : EdgeWords) {
        if (key == word.key) {
            return word.edge;
        }
    }
    return Shelf::Edge::None;
}

QString wordOf(Shelf::Edge edge)
{
    switch (edge) {
    case Shelf::Edge::None:
        return i18nc("@item:inmenu the shelf for files", "&Off");
    case Shelf::Edge::Left:
        return i18nc("@item:inmenu the shelf for files, while they are dragged", "At the &Left Edge");
    case Shelf::Edge::Right:
        return i18nc("@item:inmenu the shelf for files, while they are dragged", "At the &Right Edge");
    }
    std::unreachable();
}

} // namespace

ShelfControl::ShelfControl(QubeSource *source,
                           Programs programs,
                           const QString &policySocket,
                           KSharedConfig::Ptr settings)
    : m_source(source)
    , m_programs(std::move(programs))
    , m_settings(std::move(settings))
    , m_model(source)
    , m_use(m_settings)
    , m_policy(policySocket)
    , m_copies(m_programs.copy)
    , m_shelf(source, &m_model, &m_use, &m_policy)
{
    m_shelf.setEdge(edgeIn(m_settings));
    connect(&m_shelf, &Shelf::filesDropped, this, &ShelfControl::copy);
    connect(&m_shelf, &Shelf::moreWanted, this, [this](const QStringList &paths) {
        if (!QProcess::startDetached(m_programs.chooser, QStringList{u"--"_s} + paths)) {
            qCWarning(shelfLog, "%s cannot be started", qPrintable(m_programs.chooser));
        }
    });
    connect(&m_copies, &ShelfCopies::told, this, &ShelfControl::told);
}

void ShelfControl::onDrag(Shelf::From from, bool isUnderWay)
{
    (from == Shelf::From::Dom0 ? m_isDom0Dragging : m_isQubeDragging) = isUnderWay;
    if (m_isDom0Dragging || m_isQubeDragging) {
        m_shelf.appear(m_isDom0Dragging ? Shelf::From::Dom0 : Shelf::From::Qube, QCursor::pos());
    } else {
        m_shelf.vanish();
    }
}

void ShelfControl::onAct(const QByteArray &line)
{
    m_copies.act(line);
}

void ShelfControl::onArrived(const QString &qube)
{
    m_use.note(qube);
}

void ShelfControl::copy(const QString &qube, const QStringList &paths)
{
    m_copies.copy(qube, paths, m_shelf.isVisible() ? m_shelf.geometry() : QRect());
}

// --- the same by keys ------------------------------------------------------------------------------------------------

void ShelfControl::addTo(QMenu &menu)
{
    QMenu *copies = menu.addMenu(QIcon::fromTheme(u"edit-copy"_s), i18nc("@title:menu", "&Copy Files to a Qube"));
    copies->setObjectName(u"tray.copyfiles"_s);
    copies->setToolTipsVisible(true);
    connect(copies, &QMenu::aboutToShow, this, [this, copies] {
        fillCopyMenu(*copies);
    });
    QMenu *edges =
        menu.addMenu(QIcon::fromTheme(u"view-right-new"_s), i18nc("@title:menu", "&Shelf for Dragged Files"));
    edges->setObjectName(u"tray.shelf"_s);
    fillEdgeMenu(*edges);
    menu.addSeparator();
}

void ShelfControl::fillCopyMenu(QMenu &menu)
{
    menu.clear();
    for (const QString &name : m_shelf.qubes()) {
        const int row = m_model.rowOf(name);
        if (row < 0) {
            continue;
        }
        const auto mark = m_model.index(row, QubeModel::Name).data(QubeModel::MarkRole).value<MarkStyle>();
        QAction *action = menu.addAction(markIcon(mark), name);
        const QString reason = reasonAgainstFiles(m_model.at(row));
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason);
        connect(action, &QAction::triggered, this, [this, name] {
            askForFiles(name);
        });
    }
    menu.addSeparator();
    connect(
        menu.addAction(i18nc("@action:inmenu other qubes than these", "&More…")), &QAction::triggered, this, [this] {
            askForFiles({});
        });
}

void ShelfControl::fillEdgeMenu(QMenu &menu)
{
    auto *choice = new QActionGroup(&menu);
    for (const EdgeWord &word : EdgeWords) {
        QAction *action = menu.addAction(wordOf(word.edge));
        action->setActionGroup(choice);
        action->setCheckable(true);
        action->setChecked(word.edge == m_shelf.edge());
        connect(action, &QAction::triggered, this, [this, edge = word.edge] {
            setEdge(edge);
        });
    }
}

void ShelfControl::setEdge(Shelf::Edge edge)
{
    for (const EdgeWord &word : EdgeWords) {
        if (word.edge == edge) {
            group(m_settings).writeEntry("Edge", QString(word.key));
        }
    }
    m_settings->sync();
    m_shelf.setEdge(edge);
}

void ShelfControl::askForFiles(const QString &qube)
{
    auto *dialog = new QFileDialog(
        nullptr,
        qube.isEmpty() ? i18nc("@title:window files of dom0", "Copy Files to a Qube")
                       : i18nc("@title:window %1 a qube's name; files of dom0", "Copy Files to %1", qube));
    dialog->setObjectName(u"tray.files"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptOpen);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, [this, qube](const QStringList &paths) {
        if (qube.isEmpty()) {
            Q_EMIT m_shelf.moreWanted(paths);
        } else {
            copy(qube, paths);
        }
    });
    dialog->open();
}

} // namespace Bulkhead
