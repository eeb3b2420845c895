// SPDX-License-Identifier: GPL-2.0-or-later
// Input: how the stream is split, the stream that a daemon sends.
// Promise: what the agent reads does not depend on the split; every value is within its type's bounds; what was read
// can be sent on and is read as the same.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/guifromdaemon.h"

using namespace Bulkhead;
using namespace Bulkhead::Gui;

namespace
{

bool holds(const FromDaemon::Key &message)
{
    return message.keycode >= 8;
}

bool holds(const FromDaemon::Button &message)
{
    return message.button >= 1;
}

bool holds(const FromDaemon::Configure &message)
{
    const Rect &geometry = message.geometry;
    return geometry.x >= INT16_MIN && geometry.x <= INT16_MAX && geometry.y >= INT16_MIN && geometry.y <= INT16_MAX
        && !geometry.empty() && geometry.width <= MaxWindowWidth && geometry.height <= MaxWindowHeight;
}

bool holds(const FromDaemon::ClipboardData &message)
{
    return message.text.size() <= MaxBodyFromDaemon;
}

bool holds(const FromDaemon::ChangeState &message)
{
    return (message.set.bits() & message.unset.bits()) == 0;
}

template<typename T> bool holds(const T & /*message*/)
{
    return true;
}

Result<std::vector<std::byte>> take(Fuzz::Bytes headerBytes, Fuzz::Bytes body)
{
    BH_TRY(const Header header, parseHeader(headerBytes));
    BH_TRY(const FromDaemon::Message message, FromDaemon::parse(header, body));
    BH_ASSERT(std::visit(
        [](const auto &content) {
            return holds(content);
        },
        message));

    std::vector<std::byte> sent = FromDaemon::build(message, OwnVersion);
    if (std::holds_alternative<FromDaemon::Skipped>(message)) {
        BH_ASSERT(sent.empty());
        return sent;
    }
    const Fuzz::Bytes bytes(sent);
    const auto back = FromDaemon::parse(*parseHeader(bytes.first(HeaderSize)), bytes.subspan(HeaderSize));
    BH_ASSERT(back && *back == message);
    return sent;
}

Fuzz::Transcript run(Fuzz::Bytes stream, Fuzz::Pieces pieces)
{
    const HeaderRule rule{
        .headerSize = HeaderSize,
        .bodyLength = [](Fuzz::Bytes header) -> Result<std::size_t> {
            const auto length = FromDaemon::bodyLength(*parseHeader(header));
            BH_ASSERT(!length || *length <= MaxBodyFromDaemon);
            return length;
        },
    };
    return Fuzz::run(stream, pieces, rule, take);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const Fuzz::Bytes stream = Fuzz::asBytes(data + 1, size - 1);
    const Fuzz::Transcript whole = run(stream, Fuzz::Pieces(0));
    BH_ASSERT(run(stream, Fuzz::Pieces(data[0])) == whole);
    return 0;
}
