// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/placecommand.h"

#include <utility>

namespace Bulkhead
{

PlaceCommand::PlaceCommand(Picture *picture, Places before, Places after, const QString &title)
    : QUndoCommand(title)
    , m_picture(picture)
    , m_before(std::move(before))
    , m_after(std::move(after))
{
}

void PlaceCommand::undo()
{
    m_picture->move(m_before);
}

void PlaceCommand::redo()
{
    m_picture->move(m_after);
}

int PlaceCommand::id() const
{
    return 1;
}

bool PlaceCommand::mergeWith(const QUndoCommand *other)
{
    const auto *next = dynamic_cast<const PlaceCommand *>(other);
    if (next == nullptr || next->m_before != m_after) {
        return false;
    }
    m_after = next->m_after;
    return true;
}

} // namespace Bulkhead
