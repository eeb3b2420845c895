// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/pointertext.h"
#include "manager/recipes/recipe.h"
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
    } else {
        (void)m_files.enter(*event);
    }
}

void TopologyView::dragMoveEvent(QDragMoveEvent *event)
{
    if (m_files.isActive()) {
        m_files.move(*event);
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
    if (m_files.isActive()) {
        m_files.drop(*event);
        return;
    }
    const QPoint at = event->position().toPoint();
    endDrag();
    if (const Recipe *recipe = recipeIn(event->mimeData())) {
        event->acceptProposedAction();
        Q_EMIT recipeDropped(recipe->key, placeAt(at));
    }
}

/// A stack, a link and the outside are no qube.
FileDragOver::Place TopologyView::filePlace()
{
    return {.qubeAt =
                [this](const QPoint &position) {
                    const NodeItem *node = m_scene->nodeAt(mapToScene(position));
                    const QubeInfo *qube = node != nullptr ? m_scene->graph()->graph().find(node->node()) : nullptr;
                    return qube != nullptr ? std::optional(*qube) : std::nullopt;
                },
            .mark =
                [this](const std::optional<QubeInfo> &qube, const QPoint & /*place*/, Fit fit) {
                    markFileTarget(qube ? qube->name : QString(), fit);
                },
            .mayScroll =
                [this] {
                    return !m_isFitted; // else all is in sight
                }};
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
    m_files.end();
    m_pointerText->fallSilent(); // of a recipe
}

} // namespace Bulkhead
