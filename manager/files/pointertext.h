// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/files/fit.h"

#include <QLabel>

class QAbstractScrollArea;

namespace Bulkhead
{

/// The text with the symbol before it that stands for how well the place fits: never by colour alone.
[[nodiscard]] QString withSymbol(Fit fit, const QString &text);

/// The line of text that goes with the pointer while something is dragged over a view: what a release would do, or why
/// it would do nothing (spec ui 7.5). A screen reader is told each sentence once.
class PointerText : public QLabel
{
    Q_OBJECT

public:
    /// @param view  whose viewport it lies on, and who says it to a screen reader
    explicit PointerText(QAbstractScrollArea *view);

    /// From now on it stands beside the view's window: for one that is too narrow for a sentence.
    void standBeside();

    /// @param text  empty: there is nothing to say of this place
    /// @param pointer  in the viewport
    void tell(Fit fit, const QString &text, const QPoint &pointer);
    void follow(const QPoint &pointer);
    /// The drag is over, or there is nothing under it. The same sentence is a new one after that.
    void fallSilent();

private:
    [[nodiscard]] int widestRoom() const;

    QAbstractScrollArea *m_view;
    QString m_said;
};

} // namespace Bulkhead
