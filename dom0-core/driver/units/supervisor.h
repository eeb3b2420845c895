// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QObject>

#include <filesystem>
#include <functional>
#include <string>

namespace Bulkhead
{

/// s6, as the drivers use it: units are folders, linked into the folder that s6-svscan watches. Main thread only;
/// each call starts one program of s6 and is done when that is.
class Supervisor : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void(Result<void>)>;

    /// @param scanDirectory  an s6-svscan runs on it
    Supervisor(std::filesystem::path scanDirectory, QObject *parent);

    /// Puts a unit under supervision. It starts by itself unless its folder says otherwise.
    /// @errors Driver, TimedOut
    void link(const std::filesystem::path &unit, Done done);
    /// Starts a unit and waits until it is ready.
    /// @errors Driver (it ended first), TimedOut
    void bringUp(const std::filesystem::path &unit, Done done);
    /// Ends a unit's program without asking it, and takes the unit out of supervision.
    /// @errors Driver, TimedOut
    void end(const std::filesystem::path &unit, Done done);

private:
    std::filesystem::path m_scanDirectory;
};

} // namespace Bulkhead
