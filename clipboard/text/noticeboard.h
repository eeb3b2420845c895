// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/text/notice.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace Bulkhead::Clipboard
{

/// Sends notices to whoever shows them. One that nobody takes is lost, and nothing waits for it.
class NoticeBoard
{
public:
    /// Notices on their way at once.
    static constexpr std::size_t MaxNotices = 16;

    /// @param loop  outlives it
    NoticeBoard(EventLoop &loop, std::string socket);

    void tell(const Notice &notice);

private:
    EventLoop &m_loop;
    std::string m_socket;
    std::uint64_t m_next = 1;
    std::map<std::uint64_t, std::unique_ptr<SocketExchange>> m_exchanges;
};

} // namespace Bulkhead::Clipboard
