// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/support/testclock.h"
#include "tests/support/wirebody.h"
#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/messagestream.h"
#include "vchan-io/wire/guifromagent.h"
#include "vchan-io/wire/guifromdaemon.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace Bulkhead::Test
{

/// An agent that says exactly what a test lists, hostile things included, and keeps what it is told.
class ScriptedAgent
{
public:
    explicit ScriptedAgent(std::unique_ptr<Channel> channel)
        : m_stream(std::move(channel),
                   {.headerSize = Gui::HeaderSize,
                    .bodyLength = [](std::span<const std::byte> bytes) -> Result<std::size_t> {
                        BH_TRY(const auto header, Gui::parseHeader(bytes));
                        return Gui::FromDaemon::bodyLength(header);
                    }},
                   m_clock,
                   {.outgoing = std::size_t{64} << 20})
    {
    }

    void say(std::span<const std::byte> bytes)
    {
        (void)m_stream.send(bytes); // a daemon that has hung up hears nothing
        (void)m_stream.flush();
    }

    void say(const Gui::FromAgent::Message &message)
    {
        say(Gui::FromAgent::build(message));
    }

    /// A header that need not be true, and a body.
    void say(std::uint32_t type, std::uint32_t window, std::uint32_t length, const Bytes &body)
    {
        say(joined({words({type, window, length}), body}));
    }

    /// Takes what has arrived; bytes before the first header are kept apart.
    void listen()
    {
        (void)m_stream.takeEvent();
        while (m_preamble.size() < m_preambleSize) {
            const auto raw = m_stream.nextRaw(4);
            if (!raw || !*raw) {
                m_ended = m_ended || !raw;
                return;
            }
            m_preamble.insert(m_preamble.end(), (*raw)->begin(), (*raw)->end());
        }
        while (true) {
            const auto next = m_stream.next();
            if (!next || !*next) {
                m_ended = m_ended || !next;
                return;
            }
            const auto header = Gui::parseHeader((*next)->header);
            m_heard.push_back(Gui::FromDaemon::parse(*header, (*next)->body).value());
        }
    }

    void expectPreamble(std::size_t bytes)
    {
        m_preambleSize = bytes;
    }

    [[nodiscard]] const Bytes &preamble() const
    {
        return m_preamble;
    }

    /// Everything heard since the last call.
    [[nodiscard]] std::vector<Gui::FromDaemon::Message> takeHeard()
    {
        listen();
        return std::exchange(m_heard, {});
    }

    /// Everything heard and not taken.
    [[nodiscard]] const std::vector<Gui::FromDaemon::Message> &heard()
    {
        listen();
        return m_heard;
    }

    template<typename T> [[nodiscard]] std::vector<T> heardOf()
    {
        listen();
        std::vector<T> found;
        for (const auto &message : m_heard) {
            if (const auto *one = std::get_if<T>(&message)) {
                found.push_back(*one);
            }
        }
        return found;
    }

    void forgetHeard()
    {
        (void)takeHeard();
    }

    [[nodiscard]] bool ended()
    {
        listen();
        return m_ended;
    }

    [[nodiscard]] Channel &channel()
    {
        return m_stream.channel();
    }

private:
    TestClock m_clock;
    MessageStream m_stream;
    std::size_t m_preambleSize = 20;
    Bytes m_preamble;
    std::vector<Gui::FromDaemon::Message> m_heard;
    bool m_ended = false;
};

} // namespace Bulkhead::Test
