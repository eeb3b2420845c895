// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guiframing.h"
#include "vchan-io/wire/guifromdaemon.h"
#include "vchan-io/wire/guiwireconstants.h"
#include "vchan-io/wire/wirewriter.h"

#include <utility>

namespace Bulkhead::Gui::FromDaemon
{
namespace
{

void writePointer(WireWriter &out, Point position, std::uint32_t state)
{
    out.i32(position.x).i32(position.y).u32(state);
}

void write(WireWriter &out, const Key &message)
{
    out.u32(message.action == Press::Pressed ? KeyPressed : KeyPressed + 1);
    writePointer(out, message.position, message.state);
    out.u32(message.keycode);
}

void write(WireWriter &out, const Button &message)
{
    out.u32(message.action == Press::Pressed ? ButtonPressed : ButtonPressed + 1);
    writePointer(out, message.position, message.state);
    out.u32(message.button);
}

void write(WireWriter &out, const Motion &message)
{
    writePointer(out, message.position, message.state);
    out.u32(0); // is_hint
}

void write(WireWriter &out, const Crossing &message)
{
    out.u32(message.passage == Passage::Entered ? PointerEntered : PointerEntered + 1);
    writePointer(out, message.position, message.state);
    out.u32(std::to_underlying(message.mode)).u32(std::to_underlying(message.detail)).u32(message.hasFocus ? 1 : 0);
}

void write(WireWriter &out, const Focus &message)
{
    out.u32(message.change == FocusChange::Gained ? FocusGained : FocusGained + 1);
    out.u32(std::to_underlying(message.mode)).u32(std::to_underlying(message.detail));
}

void write(WireWriter &out, const Keymap &message)
{
    for (std::size_t word = 0; word < message.down.size(); word += 32) {
        std::uint32_t keys = 0;
        for (std::size_t bit = 0; bit < 32; ++bit) {
            keys |= (message.down[word + bit] ? std::uint32_t{1} : 0) << bit;
        }
        out.u32(keys);
    }
}

void write(WireWriter &out, const Configure &message)
{
    const Rect &rect = message.geometry;
    out.i32(rect.x).i32(rect.y).u32(rect.width).u32(rect.height).u32(0);
}

void write(WireWriter &out, const Map &message)
{
    out.u32(0).u32(message.overrideRedirect ? 1 : 0);
}

void write(WireWriter &out, const ClipboardData &message)
{
    out.bytes(message.text);
}

void write(WireWriter &out, const ChangeState &message)
{
    out.u32(message.set.bits()).u32(message.unset.bits());
}

void write(WireWriter & /*out*/, const Close & /*empty*/)
{
}

void write(WireWriter & /*out*/, const ClipboardRequest & /*empty*/)
{
}

void write(WireWriter & /*out*/, const Destroyed & /*empty*/)
{
}

void write(WireWriter & /*out*/, const DumpAcknowledged & /*empty*/)
{
}

template<typename T> WindowId windowField(const T &message, Version /*any*/)
{
    return message.window;
}

WindowId windowField(const Keymap & /*none*/, Version /*any*/)
{
    return WindowId{};
}

WindowId windowField(const ClipboardData &message, Version negotiated)
{
    if (negotiated < SinceClipboardLength) {
        return WindowId{static_cast<std::uint32_t>(message.text.size())};
    }
    return message.window;
}

template<typename T> std::vector<std::byte> buildOne(const T &message, Version negotiated)
{
    WireWriter body;
    write(body, message);
    return frame(T::Type, windowField(message, negotiated), std::move(body));
}

std::vector<std::byte> buildOne(const Skipped & /*never sent*/, Version /*any*/)
{
    return {};
}

} // namespace

std::vector<std::byte> build(const Message &message, Version negotiated)
{
    return std::visit(
        [negotiated](const auto &content) {
            return buildOne(content, negotiated);
        },
        message);
}

} // namespace Bulkhead::Gui::FromDaemon
