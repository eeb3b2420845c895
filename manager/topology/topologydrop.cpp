// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/filedrag.h"
#include "manager/recipes/recipe.h"
#include "manager/topology/pointertext.h"
#include "manager/topology/recipepalette.h"
#include "manager/topology/topologyscene.h"
#include "manager/topology/topologyview.h"

#include <KLocalizedString>
#include <QDragMoveEvent>
#include <QMimeData>

// Recipes and files of dom0 that are dropped into the picture. The rest of the view stands in topologyview.cpp.
namespace Bulkhead
{

namespace
{

const Recipe *recipeIn(const QMimeData *data)
{
    const QByteArray key = data != nullptr ? data->data(QString::fromLatin1(RecipePalette::MimeType)) : QByteArray();
    return key.isEmpty() ? nullptr : recipeOf(QString::fromLatin1(key));
}

/// Files are copied or not at all: what was dragged stays where it is.
void answerCopy(QDropEvent *event, bool isTaken)
{
    if (isTaken) {
        event->setDropAction(Qt::CopyAction);
    }
    event->setAccepted(isTaken);
}

} // namespace

QString TopologyView::placeAt(QPoint position) const
{
    const QPointF inScene = mapToScene(position);
    if (const NodeItem *node = m_scene->nodeAt(inScene)) {
        return m_scene->graph()->graph().find(node->node()) != nullptr ? node->node() : QString();
    }
    const LinkItem *link = m_scene->linkAt(inScene);
    return link != nullptr && m_scene->graph()->graph().find(link->client()) != nullptr ? link->client() : QString();
}

void TopologyView::dragEnterEvent(QDragEnterEvent *event)
{
    endDrag();
    if (recipeIn(event->mimeData()) != nullptr) {
        event->acceptProposedAction();
        return;
    }
    if (event->possibleActions().testFlag(Qt::CopyAction)) {
        m_draggedFiles = localFiles(event->mimeData());
    }
    // Wherever they come in: the nodes are asked at each move, and there are none without this.
    if (!m_draggedFiles.isEmpty()) {
        answerCopy(event, true);
        showFiles(event->position().toPoint());
    }
}

void TopologyView::dragMoveEvent(QDragMoveEvent *event)
{
    if (!m_draggedFiles.isEmpty()) {
        answerCopy(event, showFiles(event->position().toPoint()));
        return;
    }
    const Recipe *recipe = recipeIn(event->mimeData());
    if (recipe == nullptr) {
        return;
    }
    event->acceptProposedAction();
    const NetworkGraph &graph = m_scene->graph()->graph();
    const QubeInfo *qube = graph.find(placeAt(event->position().toPoint()));
    QString deed = recipe->title;
    if (qube != nullptr && recipe->asksForProvider) {
        deed = qube->providesNetwork
            ? i18nc("@info %1 a recipe, %2 a qube's name", "%1, network through %2", recipe->title, qube->name)
            : !qube->netQube.isEmpty() && recipe->asksForClients ? i18nc("@info %1 a recipe, %2 and %3 names of qubes",
                                                                         "%1, between %2 and %3",
                                                                         recipe->title,
                                                                         qube->name,
                                                                         qube->netQube)
                                                                 : recipe->title;
    }
    m_pointerText->tell(Fit::Fits, deed, event->position().toPoint());
}

void TopologyView::dragLeaveEvent(QDragLeaveEvent * /*event*/)
{
    endDrag();
}

void TopologyView::dropEvent(QDropEvent *event)
{
    const QPoint at = event->position().toPoint();
    const QStringList paths = m_draggedFiles;
    if (!paths.isEmpty()) {
        const QString qube = showFiles(at) ? m_fileTarget : QString(); // as it is now: it may have stopped
        answerCopy(event, !qube.isEmpty());
        endDrag();
        if (!qube.isEmpty()) {
            Q_EMIT filesDropped(qube, paths);
        }
        return;
    }
    endDrag();
    if (const Recipe *recipe = recipeIn(event->mimeData())) {
        event->acceptProposedAction();
        Q_EMIT recipeDropped(recipe->key, placeAt(at));
    }
}

/// Shows what a release at the place would do with the files.
/// @return whether it would do something. A stack, a link and the outside are no qube.
bool TopologyView::showFiles(const QPoint &position)
{
    m_draggedTo = position;
    const NodeItem *node = m_scene->nodeAt(mapToScene(position));
    const QubeInfo *qube = node != nullptr ? m_scene->graph()->graph().find(node->node()) : nullptr;
    const FileVerdict verdict = judgeFiles(qube, m_draggedFiles.size());
    const Fit fit = verdict.fits ? Fit::Fits : Fit::No;
    markFileTarget(qube != nullptr ? qube->name : QString(), fit);
    if (!m_isFitted) { // else all is in sight
        m_edgeScroll.follow(position);
    }
    m_pointerText->tell(fit, verdict.text, position);
    return verdict.fits;
}

void TopologyView::markFileTarget(const QString &qube, Fit fit)
{
    if (!m_fileTarget.isEmpty() && m_fileTarget != qube) {
        m_scene->setFit(m_fileTarget, std::nullopt, false);
    }
    m_fileTarget = qube;
    if (!qube.isEmpty()) {
        m_scene->setFit(qube, fit, true);
    }
}

void TopologyView::endDrag()
{
    m_edgeScroll.stop();
    m_draggedFiles.clear();
    markFileTarget({}, Fit::No);
    m_pointerText->fallSilent();
}

} // namespace Bulkhead
