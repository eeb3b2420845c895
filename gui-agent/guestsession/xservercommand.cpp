// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/xservercommand.h"

#include "base/formatted.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace Bulkhead::GuestSession
{

namespace
{

constexpr const char *DummyDriver = "/usr/lib/xorg/modules/drivers/dummy_drv.so";
/// Not /usr/bin/Xorg: that is a script which looks for a privileged wrapper first.
constexpr const char *XorgProgram = "/usr/lib/xorg/Xorg";

/// Around the picture, in pixels and lines, as reduced blanking has it (VESA CVT 1.2).
constexpr std::uint32_t HorizontalBlank = 160;
constexpr std::uint32_t VerticalBlank = 30;
constexpr double RefreshHz = 60.0;
/// Fastest pixel clock that the dummy driver takes, in MHz.
constexpr double FastestClock = 300.0;

constexpr std::string_view ConfigurationText =
    R"(# Made by bulkhead-guest-session: one head without hardware, no devices.
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoAddGPU" "false"
    Option "DontVTSwitch" "true"
    Option "BlankTime" "0"
    Option "StandbyTime" "0"
    Option "SuspendTime" "0"
    Option "OffTime" "0"
EndSection
Section "Device"
    Identifier "card"
    Driver "dummy"
    VideoRam 65536
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 1.0-1000.0
    VertRefresh 1.0-200.0
    Option "ReducedBlanking" "true"
    Modeline "qube" {}
EndSection
Section "Screen"
    Identifier "screen"
    Device "card"
    Monitor "monitor"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Modes "qube"
        Virtual {} {}
    EndSubSection
EndSection
)";

std::string modeline(Size screen)
{
    const std::uint32_t across = screen.width + HorizontalBlank;
    const std::uint32_t down = screen.height + VerticalBlank;
    const double clock = std::min(FastestClock, static_cast<double>(across) * down * RefreshHz / 1e6);
    return formatted("{:.2f} {} {} {} {} {} {} {} {}",
                     clock,
                     screen.width,
                     screen.width + 48,
                     screen.width + 80,
                     across,
                     screen.height,
                     screen.height + 3,
                     screen.height + 8,
                     down);
}

} // namespace

XServerChoice chooseXServer(const std::string &root)
{
    if (::access((root + DummyDriver).c_str(), R_OK) == 0 && ::access((root + XorgProgram).c_str(), X_OK) == 0) {
        return {.kind = XServerKind::Xorg, .program = XorgProgram};
    }
    return {.kind = XServerKind::Xvfb, .program = "Xvfb"};
}

std::string dummyConfiguration(Size screen)
{
    return formatted(ConfigurationText, modeline(screen), screen.width, screen.height);
}

std::vector<std::string> xServerCommand(const XServerChoice &choice, const XServerSettings &settings)
{
    std::vector<std::string> command{choice.program};
    if (settings.display) {
        command.push_back(formatted(":{}", *settings.display));
    }
    if (choice.kind == XServerKind::Xorg) {
        command.insert(
            command.end(),
            {"-config", settings.configurationFile, "-logfile", settings.logFile, "-novtswitch", "-sharevts"});
    } else {
        command.insert(command.end(),
                       {"-screen", "0", formatted("{}x{}x24", settings.screen.width, settings.screen.height)});
    }
    if (!settings.glx) {
        command.insert(command.end(), {"-extension", "GLX"});
    }
    command.insert(command.end(), {"-nolisten", "tcp", "-noreset", "-displayfd", std::to_string(settings.readyFd)});
    return command;
}

} // namespace Bulkhead::GuestSession
