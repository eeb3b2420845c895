// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "manager/client/snapshot.h"

#include <QByteArray>
#include <QList>
#include <QStringView>

#include <utility>

namespace Bulkhead
{

/// One line of `admin.vm.List`: name, class, state and UUID. What else a newer core adds is left out.
/// @errors BadField
/// @source spec admin-api 8.1
[[nodiscard]] Result<QubeInfo> parseQubeLine(QStringView line);
/// All of them.
/// @errors BadField
[[nodiscard]] Result<QList<QubeInfo>> parseQubeList(const QByteArray &answer);

/// One line of `admin.vm.property.GetAll`: name and value, with the escapes of 5.1 undone.
/// @errors BadField
/// @source spec admin-api 5.1, 8.3
[[nodiscard]] Result<std::pair<QString, PropertyValue>> parsePropertyLine(QStringView line);
/// `admin.vm.property.GetAll`, with the escapes of 5.1 undone. A line of an unknown shape ends the reading.
/// @errors BadField
/// @source spec admin-api 5.1, 8.3
[[nodiscard]] Result<Properties> parseProperties(const QByteArray &answer);

/// `admin.property.Get`: `default=… type=… value`.
/// @errors BadField
[[nodiscard]] Result<PropertyValue> parseProperty(const QByteArray &answer);

/// One name a line: labels, classes, features.
[[nodiscard]] QStringList parseLines(const QByteArray &answer);

/// A feature is on unless its value is empty.
/// @source spec qube-model 6
[[nodiscard]] inline bool isFeatureOn(const QByteArray &value)
{
    return !value.isEmpty();
}

} // namespace Bulkhead
