// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "vchan-io/transport/messagestream.h"
#include "vchan-io/wire/guifromagent.h"
#include "vchan-io/wire/guifromdaemon.h"
#include "vchan-io/wire/guihandshake.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// A daemon that says what the test lists and keeps what the agent says. Its parser is the real daemon's, so whatever
/// the agent sends is held against the protocol's limits by every test.
class ScriptedDaemon
{
public:
    using Message = Gui::FromAgent::Message;

    ScriptedDaemon(std::unique_ptr<Channel> channel, const Clock &clock, Gui::Version version);

    /// Takes what has arrived: the agent's version first, then messages, which are acknowledged where `acknowledges`.
    void poll();

    /// The whole answer of a daemon that agrees.
    void answer();
    void sendRaw(const std::vector<std::byte> &bytes);
    void send(const Gui::FromDaemon::Message &message);

    [[nodiscard]] const std::optional<std::uint32_t> &agentVersion() const
    {
        return m_agentVersion;
    }

    /// The agent closed the channel, or broke the format (see failure()).
    [[nodiscard]] bool ended() const
    {
        return m_ended;
    }

    [[nodiscard]] const std::string &failure() const
    {
        return m_failure;
    }

    [[nodiscard]] const std::vector<Message> &messages() const
    {
        return m_messages;
    }

    void forgetMessages()
    {
        m_messages.clear();
    }

    /// All messages of one kind about one window, in their order.
    template<typename T> [[nodiscard]] std::vector<T> all(WindowId window) const
    {
        std::vector<T> found;
        for (const Message &message : m_messages) {
            if (const T *match = std::get_if<T>(&message); match != nullptr && match->window == window) {
                found.push_back(*match);
            }
        }
        return found;
    }

    template<typename T> [[nodiscard]] std::optional<T> last(WindowId window) const
    {
        const auto found = all<T>(window);
        return found.empty() ? std::nullopt : std::optional(found.back());
    }

    template<typename T> [[nodiscard]] bool has(WindowId window) const
    {
        return !all<T>(window).empty();
    }

    /// The window's newest dump, whose pages hold its picture; kept over forgetMessages().
    [[nodiscard]] std::optional<Gui::FromAgent::WindowDump> picture(WindowId window) const;

    /// The kinds of all messages about the window, in their order: `Create Hints Title`.
    [[nodiscard]] std::string story(WindowId window) const;

    bool reads = true; ///< a daemon that does not is slow
    bool acknowledges = true;

private:
    [[nodiscard]] Result<bool> takeNext();

    Gui::Version m_version;
    MessageStream m_stream;
    std::optional<std::uint32_t> m_agentVersion;
    std::vector<Message> m_messages;
    std::map<WindowId, Gui::FromAgent::WindowDump> m_pictures;
    bool m_ended = false;
    std::string m_failure;
};

} // namespace Bulkhead::Test
