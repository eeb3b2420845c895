// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArray>
#include <QtTypes>

namespace Bulkhead
{

/// Writes a number into a property of the root window, for other programs of dom0. On another platform than X nothing
/// happens.
/// @param name  of the property
void writeRootProperty(const QByteArray &name, quint32 value);

} // namespace Bulkhead
