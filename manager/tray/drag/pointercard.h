// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/tray/drag/dragmessages.h"

#include <QVariantAnimation>
#include <QWidget>

#include <optional>

namespace Bulkhead
{

/// Beside the pointer of a drag, always on top: from which qube to which, what a release would do, and a ring that
/// fills while the pointer rests (spec ui 8.1.3, 8.3.3, 8.3.4). The pointer goes through it.
class PointerCard : public QWidget
{
    Q_OBJECT

public:
    /// Of the ring; source: spec ui 8.3.4.
    static constexpr int RestMs = 400;

    PointerCard();

    void setSource(const DragQube &source);
    /// @param target  the sheet under the pointer; null: none
    void setPointer(const DragPointer &pointer, const DragSheet *target);

    [[nodiscard]] const QString &words() const noexcept
    {
        return m_words;
    }

    /// Of the ring, 0 to 1; nothing: there is none.
    [[nodiscard]] std::optional<double> filled() const;

    /// @param pointer  logical pixels
    void moveBeside(QPoint pointer);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    enum class Sign : std::uint8_t { None, Ring, Question, Refused };

    void resizeToWords();
    int paintQube(QPainter &painter, int left, int top, const DragQube &qube) const;
    void paintSign(QPainter &painter, const QRect &area) const;
    [[nodiscard]] int widthOf(const DragQube &qube) const;

    DragQube m_source;
    std::optional<DragQube> m_target;
    QString m_words;
    QString m_hint;
    Sign m_sign = Sign::None;
    bool m_isFull = false;
    QVariantAnimation m_ring;
};

} // namespace Bulkhead
