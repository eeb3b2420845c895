// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/noticeboard.h"

#include "base/log.h"

#include <utility>

namespace Bulkhead::Clipboard
{

namespace
{

constexpr LogCategory Log("bulkhead.clipboard");

constexpr std::size_t LongestReply = 1024;
constexpr Duration Patience = std::chrono::seconds(10);

} // namespace

NoticeBoard::NoticeBoard(EventLoop &loop, std::string socket)
    : m_loop(loop)
    , m_socket(std::move(socket))
{
}

void NoticeBoard::tell(const Notice &notice)
{
    Log.info("{}: from '{}' to '{}', {} bytes", nameOf(notice.code), notice.source, notice.target, notice.size);
    if (m_exchanges.size() >= MaxNotices) {
        return;
    }
    const std::uint64_t id = m_next++;
    auto exchange = SocketExchange::start(m_loop,
                                          m_socket,
                                          buildNotice(notice),
                                          {.answer = LongestReply, .deadline = Patience},
                                          [this, id](const Result<std::string> &) {
                                              m_exchanges.erase(id);
                                          });
    if (!exchange) {
        Log.debug("the person is not told: {}", exchange.error().text());
        return;
    }
    m_exchanges.emplace(id, *std::move(exchange));
}

} // namespace Bulkhead::Clipboard
