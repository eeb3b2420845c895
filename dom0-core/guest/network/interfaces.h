// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::GuestNetwork
{

/// An interface that there is now.
struct Interface {
    std::string name;
    int index = 0; ///< another one if the interface went and came back

    friend bool operator==(const Interface &, const Interface &) = default;
};

/// The interface with this hardware address.
[[nodiscard]] std::optional<Interface> findInterface(std::string_view mac);

/// Tells from the loop that interfaces came, went or changed.
class InterfaceWatch
{
public:
    /// @errors Io
    [[nodiscard]] static Result<InterfaceWatch> create(EventLoop &loop, std::move_only_function<void()> onChanged);

private:
    InterfaceWatch() = default;

    UniqueFd m_socket;
    EventLoop::Handle m_watch;
};

/// Whether this process may change the network around it. Where the network is made from outside, a qube has no right
/// to.
[[nodiscard]] bool mayChangeNetwork();

} // namespace Bulkhead::GuestNetwork
