// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/qubename.h"
#include "vchan-io/transport/eventloop.h"

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

    /// Makes the directory where it is missing. `onSocket` is told of each socket that is there and of each that comes,
    /// also in the place of an older one.
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<DaemonDirectory>>
    watch(EventLoop &loop, std::string path, OnSocket onSocket);

    DaemonDirectory(const DaemonDirectory &) = delete;
    DaemonDirectory &operator=(const DaemonDirectory &) = delete;
    ~DaemonDirectory() = default;

private:
    DaemonDirectory(std::string path, OnSocket onSocket);

    void list();
    void onEvents();
    void tell(std::string_view fileName) const;

    std::string m_path;
    OnSocket m_onSocket;
    UniqueFd m_events;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Clipboard
