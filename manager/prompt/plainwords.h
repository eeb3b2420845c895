// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QString>

class KMessageWidget;
class QLabel;
class QWidget;

namespace Bulkhead
{

/// Places for words that a qube may have had a hand in: plain text, broken into lines, on the window's side.

/// @param parent  owns it; its direction is the window's
[[nodiscard]] QLabel *makePlainLabel(const QString &objectName, QWidget *parent);
/// In a frame, with a symbol. It stays until it is hidden.
[[nodiscard]] KMessageWidget *makePlainMessage(const QString &objectName, QWidget *parent);

/// Letters of a call's words that are shown whole.
inline constexpr qsizetype WholeText = 56;

/// A call's words as one line: whole if they have no more letters than that, else their beginning and their end, never
/// without the end.
[[nodiscard]] QString bothEnds(const QString &text, qsizetype whole = WholeText);

} // namespace Bulkhead
