// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::GuestSession
{

enum class XServerKind : std::uint8_t {
    Xorg, ///< with the dummy driver: can take any size later
    Xvfb,
};

/// Where the guest's X server stands and what it is told.
struct XServerChoice {
    XServerKind kind = XServerKind::Xvfb;
    std::string program;
};

/// Xorg where its dummy driver is installed, else Xvfb.
/// @param root  in front of the paths that are looked at: for tests
[[nodiscard]] XServerChoice chooseXServer(const std::string &root = {});

/// The configuration for Xorg's dummy driver: one head of that size, no devices. The driver takes only sizes for which
/// the monitor has a mode, so one is made up; nothing is scanned out, and its timings need only be plausible.
[[nodiscard]] std::string dummyConfiguration(Size screen);

struct XServerSettings {
    std::optional<unsigned> display; ///< none: the first free one
    Size screen;
    std::string configurationFile; ///< for Xorg
    std::string logFile;           ///< for Xorg
    /// Whether it draws GLX: its software renderer more than doubles the server's memory and start. Programs that
    /// draw through EGL do not need it.
    bool glx = false;
    int readyFd = 3; ///< where the server writes its display number once it can be talked to
};

/// Program and arguments.
[[nodiscard]] std::vector<std::string> xServerCommand(const XServerChoice &choice, const XServerSettings &settings);

} // namespace Bulkhead::GuestSession
