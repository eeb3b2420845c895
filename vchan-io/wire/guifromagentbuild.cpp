// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guiframing.h"
#include "vchan-io/wire/guifromagent.h"
#include "vchan-io/wire/guiwireconstants.h"
#include "vchan-io/wire/wirewriter.h"

#include <utility>

namespace Bulkhead::Gui::FromAgent
{
namespace
{

constexpr std::uint32_t DumpBitsPerPixel = 24; // no receiver looks at it

void write(WireWriter & /*out*/, const Destroy & /*empty*/)
{
}

void write(WireWriter & /*out*/, const Unmap & /*empty*/)
{
}

void write(WireWriter & /*out*/, const Dock & /*empty*/)
{
}

void write(WireWriter &out, const Rect &rect)
{
    out.i32(rect.x).i32(rect.y).u32(rect.width).u32(rect.height);
}

void write(WireWriter &out, const Create &message)
{
    write(out, message.geometry);
    out.u32(0).u32(message.overrideRedirect ? 1 : 0);
}

void write(WireWriter &out, const Map &message)
{
    out.u32(message.transientFor.value_or(WindowId{}).value()).u32(message.overrideRedirect ? 1 : 0);
}

void write(WireWriter &out, const Configure &message)
{
    write(out, message.geometry);
    out.u32(0);
}

void write(WireWriter &out, const Damage &message)
{
    write(out, message.area);
}

void write(WireWriter &out, const WindowDump &message)
{
    out.u32(DumpOfGrants).u32(message.size.width).u32(message.size.height).u32(DumpBitsPerPixel);
    for (const GrantRef page : message.pages) {
        out.u32(page.value());
    }
}

void write(WireWriter &out, const Title &message)
{
    out.fixedText(message.text.cut(Title::MaxText).text(), TitleFieldSize);
}

void write(WireWriter &out, const WindowClass &message)
{
    out.fixedText(message.resourceClass.cut(WindowClass::MaxText).text(), ClassFieldSize);
    out.fixedText(message.resourceName.cut(WindowClass::MaxText).text(), ClassFieldSize);
}

void write(WireWriter &out, const WindowHints &message)
{
    const SizeHints &hints = message.hints;
    std::uint32_t flags = hints.userPosition ? HintUserPosition : 0;
    flags |= hints.programPosition ? HintProgramPosition : 0;
    flags |= hints.minimum ? HintMinimum : 0;
    flags |= hints.maximum ? HintMaximum : 0;
    flags |= hints.increment ? HintIncrement : 0;
    flags |= hints.base ? HintBase : 0;
    out.u32(flags);
    for (const auto &group : {hints.minimum, hints.maximum, hints.increment, hints.base}) {
        const Size size = group.value_or(Size{});
        out.u32(size.width).u32(size.height);
    }
}

void write(WireWriter &out, const ChangeState &message)
{
    out.u32(message.set.bits()).u32(message.unset.bits());
}

void write(WireWriter &out, const Cursor &message)
{
    out.u32(message.shape.word());
}

void write(WireWriter &out, const ClipboardData &message)
{
    out.bytes(message.text);
}

template<typename T> WindowId windowOf(const T &message)
{
    return message.window;
}

WindowId windowOf(const ClipboardData & /*any*/)
{
    return WindowId{};
}

} // namespace

std::vector<std::byte> build(const Message &message)
{
    return std::visit(
        []<typename T>(const T &content) {
            WireWriter body;
            write(body, content);
            return frame(T::Type, windowOf(content), std::move(body));
        },
        message);
}

} // namespace Bulkhead::Gui::FromAgent
