// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/qubename.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace Bulkhead::Clipboard
{

/// The directory in which each gui-daemon has its socket, named after its qube. The name was given by who started the
/// daemon, before it met the qube: it says whose connection this is.
class DaemonDirectory
{
public:
    using OnSocket = std::function<void(const QubeName &qube, const std::string &path)>;

    /// Whose sockets are told of.
    enum class Whose : std::uint8_t {
        Qubes,
        QubesAndDom0, ///< dom0's own programs take part, too
    };

    /// Makes the directory where it is missing. `onSocket` is told of each socket that is there and of each that comes,
    /// also in the place of an older one.
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<DaemonDirectory>>
    watch(EventLoop &loop, std::string path, OnSocket onSocket, Whose whose = Whose::Qubes);

    DaemonDirectory(const DaemonDirectory &) = delete;
    DaemonDirectory &operator=(const DaemonDirectory &) = delete;
    ~DaemonDirectory() = default;

private:
    DaemonDirectory(std::string path, OnSocket onSocket, Whose whose);

    void list();
    void onEvents();
    void tell(std::string_view fileName) const;

    std::string m_path;
    OnSocket m_onSocket;
    Whose m_whose;
    UniqueFd m_events;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Clipboard
