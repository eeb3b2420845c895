// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/scripteddaemon.h"

#include "vchan-io/wire/wirereader.h"

#include <string_view>
#include <utility>
#include <variant>

namespace Bulkhead::Test
{

namespace
{

HeaderRule framing(Gui::Version version)
{
    return {
        .headerSize = Gui::HeaderSize,
        .bodyLength = [version](std::span<const std::byte> bytes) -> Result<std::size_t> {
            BH_TRY(const Gui::Header header, Gui::parseHeader(bytes));
            return Gui::FromAgent::bodyLength(header, version);
        },
    };
}

std::string_view nameOf(Gui::MessageType type)
{
    using enum Gui::MessageType;
    switch (type) {
    case Create:
        return "Create";
    case Destroy:
        return "Destroy";
    case Map:
        return "Map";
    case Unmap:
        return "Unmap";
    case Configure:
        return "Configure";
    case Damage:
        return "Damage";
    case Title:
        return "Title";
    case SizeHints:
        return "Hints";
    case StateFlags:
        return "Flags";
    case WindowClass:
        return "Class";
    case WindowDump:
        return "Dump";
    case Cursor:
        return "Cursor";
    default:
        return "Other";
    }
}

template<typename T> WindowId windowOf(const T &message)
{
    return message.window;
}

WindowId windowOf(const Gui::FromAgent::ClipboardData & /*message*/)
{
    return WindowId{0};
}

} // namespace

ScriptedDaemon::ScriptedDaemon(std::unique_ptr<Channel> channel, const Clock &clock, Gui::Version version)
    : m_version(version)
    , m_stream(std::move(channel), framing(version), clock)
{
}

void ScriptedDaemon::poll()
{
    if (m_ended || !reads) {
        return;
    }
    auto result = m_stream.takeEvent().transform([](ChannelState) {
        return true;
    });
    while (result && *result) {
        result = takeNext();
    }
    if (result) {
        result = m_stream.flush().transform([] {
            return true;
        });
    }
    if (!result) {
        m_ended = true;
        if (result.error().code != Errc::PeerGone) {
            m_failure = result.error().text();
        }
    }
}

Result<bool> ScriptedDaemon::takeNext()
{
    if (!m_agentVersion) {
        BH_TRY(const auto bytes, m_stream.nextRaw(Gui::VersionSize));
        if (bytes) {
            WireReader in(*bytes);
            m_agentVersion = in.u32().anyValue();
        }
        return bytes.has_value();
    }
    BH_TRY(const auto next, m_stream.next());
    if (!next) {
        return false;
    }
    BH_TRY(const Gui::Header header, Gui::parseHeader(next->header));
    BH_TRY(auto message, Gui::FromAgent::parse(header, next->body, m_version));
    if (const auto *dump = std::get_if<Gui::FromAgent::WindowDump>(&message); dump != nullptr) {
        m_pictures.insert_or_assign(dump->window, *dump);
        if (acknowledges && m_version >= Gui::SinceDumpAck) {
            send(Gui::FromDaemon::DumpAcknowledged{.window = dump->window});
        }
    }
    m_messages.push_back(std::move(message));
    return true;
}

void ScriptedDaemon::answer()
{
    sendRaw(Gui::buildAnswer(m_version, Gui::ScreenDescription::of({1280, 800}, 24)));
}

void ScriptedDaemon::sendRaw(const std::vector<std::byte> &bytes)
{
    if (const auto sent = m_stream.send(bytes).and_then([this] {
            return m_stream.flush();
        });
        !sent) {
        m_ended = true;
    }
}

void ScriptedDaemon::send(const Gui::FromDaemon::Message &message)
{
    sendRaw(Gui::FromDaemon::build(message, m_version));
}

std::optional<Gui::FromAgent::WindowDump> ScriptedDaemon::picture(WindowId window) const
{
    const auto found = m_pictures.find(window);
    return found == m_pictures.end() ? std::nullopt : std::optional(found->second);
}

std::string ScriptedDaemon::story(WindowId window) const
{
    std::string story;
    for (const Message &message : m_messages) {
        std::visit(
            [&story, window]<typename T>(const T &alternative) {
                if (windowOf(alternative) == window) {
                    story += story.empty() ? "" : " ";
                    story += nameOf(T::Type);
                }
            },
            message);
    }
    return story;
}

} // namespace Bulkhead::Test
