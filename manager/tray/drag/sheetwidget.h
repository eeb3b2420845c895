// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/tray/drag/dragmessages.h"

#include <QWidget>

namespace Bulkhead
{

/// The sheet over one window of a qube: a fifth of its label's colour, a border, and in the middle its mark, its name
/// and what a release would do there (spec ui 8.3.3). The pointer goes through it. Where nothing blends windows, each
/// fifth row of pixels is the sheet's.
class SheetWidget : public QWidget
{
    Q_OBJECT

public:
    enum class Blending : std::uint8_t { None, Full };

    SheetWidget(const DragSheet &sheet, Blending blending);

    void setSheet(const DragSheet &sheet);
    /// Whether the pointer is over it.
    void setUnderPointer(bool under);

    [[nodiscard]] const DragSheet &sheet() const noexcept
    {
        return m_sheet;
    }

    /// What of it is drawn, from its corner.
    [[nodiscard]] QRegion shape() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void arrange();
    [[nodiscard]] QRect plate() const; ///< of mark and words
    [[nodiscard]] QColor color() const;
    [[nodiscard]] int border() const;
    [[nodiscard]] bool isRow() const; ///< too low for words: what stands below goes on to be read
    void paintBorder(QPainter &painter) const;
    void paintPlate(QPainter &painter) const;

    DragSheet m_sheet;
    Blending m_blending;
    bool m_isUnderPointer = false;
};

} // namespace Bulkhead
