// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "gui-daemon/screenhalf/clipboardkeys.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace Bulkhead
{

/// The screen half's connection to bulkhead-clipboard, which comes to the daemon's socket, and comes again after it was
/// started anew. While it is not there, the person's keys do nothing, and the qube does not see them either.
class ClipboardLink
{
public:
    using OnOrder = std::move_only_function<void(const Clipboard::Order &order, UniqueFd descriptor)>;

    /// @param listener  listens already; empty: nobody will ever come
    /// @param sizeLimit  bytes that may be copied from this qube
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<ClipboardLink>>
    create(EventLoop &loop, UniqueFd listener, std::uint32_t sizeLimit, OnOrder onOrder);

    ClipboardLink(const ClipboardLink &) = delete;
    ClipboardLink &operator=(const ClipboardLink &) = delete;
    ~ClipboardLink() = default;

    /// What the person did in this window at this X time.
    void tell(Screen::ClipboardAct act, WindowId window, std::uint32_t time);

private:
    ClipboardLink(EventLoop &loop, UniqueFd listener, std::uint32_t sizeLimit, OnOrder onOrder);

    void onListener();
    void onReadable();
    [[nodiscard]] Result<bool> takeOne();
    void send(const Clipboard::Gesture &gesture);

    EventLoop &m_loop;
    UniqueFd m_listener;
    std::uint32_t m_sizeLimit;
    OnOrder m_onOrder;
    EventLoop::Handle m_listenerWatch;
    UniqueFd m_socket;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead
