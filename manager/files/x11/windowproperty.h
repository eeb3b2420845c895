// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArray>

class QWidget;

namespace Bulkhead
{

/// Writes a text into a property of a window of ours, for other programs of dom0. On another platform than X, or while
/// the window is not there yet, nothing happens.
/// @param name  of the property
void writeWindowProperty(const QWidget &window, const QByteArray &name, const QByteArray &text);

} // namespace Bulkhead
