// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/picture.h"

#include <QUndoCommand>

namespace Bulkhead
{

/// Nodes moved by hand, by key or by Tidy. Moves of the same nodes, one right after another, are one deed.
class PlaceCommand : public QUndoCommand
{
public:
    /// @param picture  outlives the stack
    PlaceCommand(Picture *picture, Places before, Places after, const QString &title);

    void undo() override;
    void redo() override;
    [[nodiscard]] int id() const override;
    bool mergeWith(const QUndoCommand *other) override;

private:
    Picture *m_picture;
    Places m_before;
    Places m_after;
};

} // namespace Bulkhead
