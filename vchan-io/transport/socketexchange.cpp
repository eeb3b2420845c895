// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/socketexchange.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace Bulkhead
{

SocketExchange::SocketExchange(std::unique_ptr<LocalChannel> channel,
                               std::string text,
                               Limits limits,
                               OnAnswer onAnswer)
    : m_channel(std::move(channel))
    , m_text(std::move(text))
    , m_limits(limits)
    , m_onAnswer(std::move(onAnswer))
{
}

Result<std::unique_ptr<SocketExchange>>
SocketExchange::start(EventLoop &loop, const std::string &path, std::string text, Limits limits, OnAnswer onAnswer)
{
    BH_TRY(auto channel, LocalChannel::connect(path));
    const int fd = channel->pollFd();
    std::unique_ptr<SocketExchange> exchange(
        new SocketExchange(std::move(channel), std::move(text), limits, std::move(onAnswer)));
    BH_TRY(exchange->m_watch, loop.watch(fd, Readiness::Read, [&self = *exchange] {
        self.onReady();
    }));
    if (limits.deadline) {
        exchange->m_deadline = loop.after(*limits.deadline, [&self = *exchange] {
            self.end(fail(Errc::TimedOut, "no answer in time"));
        });
    }
    return exchange;
}

void SocketExchange::onReady()
{
    if (auto event = m_channel->takeEvent(); !event) {
        end(std::unexpected(std::move(event).error()));
        return;
    }
    if (auto written = writeRest(); !written) {
        end(std::unexpected(std::move(written).error()));
        return;
    }
    const auto isWhole = readMore();
    if (!isWhole) {
        end(std::unexpected(isWhole.error()));
    } else if (*isWhole) {
        end(std::move(m_answer));
    }
}

Result<void> SocketExchange::writeRest()
{
    if (m_isWritten) {
        return {};
    }
    BH_TRY(const std::size_t count, m_channel->write(std::as_bytes(std::span(m_text))));
    m_text.erase(0, count);
    if (m_text.empty()) {
        m_channel->finishWriting();
        m_isWritten = true;
    }
    return {};
}

Result<bool> SocketExchange::readMore()
{
    std::array<std::byte, 4096> buffer{};
    for (;;) {
        const auto count = m_channel->read(buffer);
        if (!count) {
            if (count.error().code == Errc::PeerGone && m_isWritten) {
                return true;
            }
            return std::unexpected(count.error());
        }
        if (*count == 0) {
            return false;
        }
        if (m_answer.size() + *count > m_limits.answer) {
            return fail(Errc::TooMuch, "the answer is too long");
        }
        std::ranges::transform(std::span(buffer).first(*count), std::back_inserter(m_answer), [](std::byte byte) {
            return static_cast<char>(byte);
        });
    }
}

void SocketExchange::end(Result<std::string> answer)
{
    m_watch.reset();
    m_deadline.reset();
    m_channel->close();
    auto tell = std::exchange(m_onAnswer, {}); // it may destroy this
    tell(std::move(answer));
}

} // namespace Bulkhead
