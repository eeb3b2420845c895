// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "clipboard/drag/broker/showmessages.h"
#include "vchan-io/transport/eventloop.h"

#include <cstddef>
#include <functional>
#include <string>

namespace Bulkhead::Drag
{

/// The connection to the tray, which draws. Made when it is needed and not there.
class TrayLink
{
public:
    /// Lines that a tray which does not read may have waiting.
    static constexpr std::size_t MostWaiting = std::size_t{1} << 20U;

    using OnAct = std::function<void(const BubbleAct &act)>;

    /// @param path  of the tray's socket
    TrayLink(EventLoop &loop, std::string path, OnAct onAct);
    TrayLink(const TrayLink &) = delete;
    TrayLink &operator=(const TrayLink &) = delete;
    ~TrayLink() = default;

    /// Whether somebody draws; tries to reach the tray if it is not there. Without it nobody would see what a drop
    /// does, so there is none.
    [[nodiscard]] bool ensure();

    /// @param line  with its end. Lost while nobody draws
    void tell(const std::string &line);

private:
    void onReady();
    void write();
    [[nodiscard]] bool read();
    void lose();

    EventLoop &m_loop;
    std::string m_path;
    OnAct m_onAct;
    UniqueFd m_socket;
    std::string m_unsent;
    std::string m_received;
    EventLoop::Handle m_watch;
    bool m_awaitsWrite = false;
};

} // namespace Bulkhead::Drag
