// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/filedragover.h"

#include "manager/files/filedrag.h"
#include "manager/files/pointertext.h"

#include <QAbstractScrollArea>
#include <QDropEvent>

#include <utility>

namespace Bulkhead
{

namespace
{

/// Copied or not at all: what was dragged stays where it is.
void answer(QDropEvent &event, bool isTaken)
{
    if (isTaken) {
        event.setDropAction(Qt::CopyAction);
    }
    event.setAccepted(isTaken);
}

} // namespace

FileDragOver::FileDragOver(QAbstractScrollArea *view, PointerText *text, Place place, QObject *parent)
    : QObject(parent)
    , m_view(view)
    , m_text(text)
    , m_place(std::move(place))
    , m_scroll(view)
{
    connect(&m_scroll, &EdgeScroll::scrolled, this, &FileDragOver::show);
}

void FileDragOver::setPolicy(FilePolicy *policy)
{
    m_policy = policy;
    connect(policy, &FilePolicy::judged, this, [this] {
        if (isActive()) {
            show();
        }
    });
}

bool FileDragOver::enter(QDragEnterEvent &event)
{
    end();
    m_paths = event.possibleActions().testFlag(Qt::CopyAction) ? localFiles(event.mimeData()) : QStringList();
    answer(event, isActive());
    if (!isActive()) {
        return false;
    }
    if (m_policy != nullptr) {
        m_policy->forget();
    }
    m_pointer = event.position().toPoint();
    show();
    return true;
}

void FileDragOver::move(QDragMoveEvent &event)
{
    m_pointer = event.position().toPoint();
    answer(event, show());
    if (isActive() && m_place.mayScroll()) {
        m_scroll.follow(m_pointer);
    }
}

void FileDragOver::drop(QDropEvent &event)
{
    m_pointer = event.position().toPoint();
    const bool isTaken = show(); // as it is now: a qube may have stopped since the last move
    const auto qube = m_place.qubeAt(m_pointer);
    const QStringList paths = m_paths;
    answer(event, isTaken);
    end();
    if (isTaken && qube) {
        Q_EMIT filesDropped(qube->name, paths);
    }
}

void FileDragOver::end()
{
    m_scroll.stop();
    m_paths.clear();
    m_place.mark(std::nullopt, {}, Fit::No);
    m_text->fallSilent();
}

bool FileDragOver::show()
{
    const auto qube = isActive() ? m_place.qubeAt(m_pointer) : std::nullopt;
    const FileVerdict verdict = judgeFilesBy(m_policy, qube ? &*qube : nullptr, m_paths.size());
    m_place.mark(qube, m_pointer, verdict.fit);
    m_text->tell(verdict.fit, verdict.text, m_pointer);
    return verdict.fits();
}

} // namespace Bulkhead
