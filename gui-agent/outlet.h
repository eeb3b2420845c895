// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/guifromagent.h"

#include <cstddef>

namespace Bulkhead::GuiAgent
{

/// Where messages to the daemon go.
class Outlet
{
public:
    Outlet() = default;
    Outlet(const Outlet &) = delete;
    Outlet &operator=(const Outlet &) = delete;
    virtual ~Outlet() = default;

    /// Never waits.
    virtual void send(const Gui::FromAgent::Message &message) = 0;
    /// Writes what the daemon takes now.
    /// @return the bytes that wait for it still; once they were taken, there is a turn in which more can be sent
    [[nodiscard]] virtual std::size_t drain() = 0;
};

} // namespace Bulkhead::GuiAgent
