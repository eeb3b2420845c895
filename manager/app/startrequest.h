// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QString>
#include <QStringList>

#include <optional>

class QCommandLineParser;

namespace Bulkhead
{

/// What a start of the program asks its window to show; a second start hands it to the first.
struct StartRequest {
    enum class View : std::uint8_t { List, Topology };

    std::optional<View> view; ///< nothing: as it was
    QString qube;             ///< to be selected
    bool opensCreateDialog = false;
    QString problem; ///< an option we do not know the value of, in words for the window

    friend bool operator==(const StartRequest &, const StartRequest &) = default;
};

/// Adds the options of spec ui 3 that exist so far.
void addStartOptions(QCommandLineParser &parser);
[[nodiscard]] StartRequest readStartOptions(const QCommandLineParser &parser);

/// The same for the arguments of a second start, the program's name first.
[[nodiscard]] StartRequest parseStartRequest(const QStringList &arguments);

} // namespace Bulkhead
