// SPDX-License-Identifier: GPL-2.0-or-later
// Input: the negotiated minor version, how the stream is split, the stream that a hostile agent sends.
// Promise: what the daemon reads does not depend on the split; every value is within its type's bounds; what was read
// can be sent on and is read as the same.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/guifromagent.h"

using namespace Bulkhead;
using namespace Bulkhead::Gui;

namespace
{

constexpr std::size_t LongestBody = 16 + MaxWindowPages * 4;

bool isWithin(const Rect &geometry)
{
    constexpr auto x = static_cast<std::int32_t>(MaxWindowWidth);
    constexpr auto y = static_cast<std::int32_t>(MaxWindowHeight);
    return geometry.x >= -x && geometry.x <= x && geometry.y >= -y && geometry.y <= y && !geometry.empty()
        && geometry.width <= MaxWindowWidth && geometry.height <= MaxWindowHeight;
}

bool isWithin(const Size &size)
{
    return size.width <= MaxWindowWidth && size.height <= MaxWindowHeight;
}

bool holds(const FromAgent::Create &message)
{
    return isWithin(message.geometry);
}

bool holds(const FromAgent::Configure &message)
{
    return isWithin(message.geometry);
}

bool holds(const FromAgent::Map &message)
{
    return message.transientFor != message.window && message.transientFor != WindowId{};
}

bool holds(const FromAgent::Damage &message)
{
    return message.area.x >= 0 && message.area.y >= 0 && message.area.right() < (std::int64_t{1} << 32);
}

bool holds(const FromAgent::WindowDump &message)
{
    const std::size_t needed = std::size_t{message.size.width} * message.size.height * BytesPerPixel;
    return isWithin(message.size) && !message.pages.empty() && message.pages.size() <= MaxWindowPages
        && message.pages.size() * PageSize >= needed;
}

bool holds(const FromAgent::Title &message)
{
    return message.text.text().size() <= FromAgent::Title::MaxText
        && SafeText::fromUtf8(message.text.text()) == message.text;
}

bool holds(const FromAgent::WindowClass &message)
{
    return message.resourceClass.text().size() <= FromAgent::WindowClass::MaxText
        && SafeText::fromAscii(message.resourceClass.text()) == message.resourceClass
        && message.resourceName.text().size() <= FromAgent::WindowClass::MaxText
        && SafeText::fromAscii(message.resourceName.text()) == message.resourceName;
}

bool holds(const FromAgent::WindowHints &message)
{
    const SizeHints &hints = message.hints;
    const bool isOrdered = !hints.minimum || !hints.maximum
        || (hints.minimum->width <= hints.maximum->width && hints.minimum->height <= hints.maximum->height);
    const Size none{1, 1};
    const Size increment = hints.increment.value_or(none);
    return isOrdered && isWithin(hints.minimum.value_or(none)) && isWithin(hints.maximum.value_or(none))
        && isWithin(hints.base.value_or(none)) && isWithin(increment) && increment.width > 0 && increment.height > 0;
}

bool holds(const FromAgent::ChangeState &message)
{
    return (message.set.bits() & message.unset.bits()) == 0 && !message.unset.minimized;
}

bool holds(const FromAgent::ClipboardData &message)
{
    return message.text.size() <= OversizeSign;
}

template<typename T> bool holds(const T & /*message*/)
{
    return true;
}

Result<std::vector<std::byte>> take(Fuzz::Bytes headerBytes, Fuzz::Bytes body, Version version)
{
    BH_TRY(const Header header, parseHeader(headerBytes));
    BH_TRY(const FromAgent::Message message, FromAgent::parse(header, body, version));
    BH_ASSERT(std::visit(
        [](const auto &content) {
            return holds(content);
        },
        message));

    std::vector<std::byte> sent = FromAgent::build(message);
    const Fuzz::Bytes bytes(sent);
    const auto back = FromAgent::parse(*parseHeader(bytes.first(HeaderSize)), bytes.subspan(HeaderSize), version);
    BH_ASSERT(back && *back == message);
    return sent;
}

Fuzz::Transcript run(Fuzz::Bytes stream, Fuzz::Pieces pieces, Version version)
{
    const HeaderRule rule{
        .headerSize = HeaderSize,
        .bodyLength = [version](Fuzz::Bytes header) -> Result<std::size_t> {
            const auto length = FromAgent::bodyLength(*parseHeader(header), version);
            BH_ASSERT(!length || *length <= LongestBody);
            return length;
        },
    };
    return Fuzz::run(stream, pieces, rule, [version](Fuzz::Bytes header, Fuzz::Bytes body) {
        return take(header, body, version);
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    const Version version(data[0] % (OwnVersion.minorNumber() + 1));
    const Fuzz::Bytes stream = Fuzz::asBytes(data + 2, size - 2);
    const Fuzz::Transcript whole = run(stream, Fuzz::Pieces(0), version);
    BH_ASSERT(run(stream, Fuzz::Pieces(data[1]), version) == whole);
    return 0;
}
