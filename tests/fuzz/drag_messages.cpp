// SPDX-License-Identifier: GPL-2.0-or-later
// Input: messages about drags, one after the other; byte 0 says who speaks to whom: a qube's agent or dom0's
// bulkhead-drag, a screen half taken over by its guest or bulkhead-drag.
// Promise: what was read is within its limits and can be sent on as the same bytes; a message is taken whole or not.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/dragagentmessages.h"
#include "vchan-io/wire/dragscreenmessages.h"

using namespace Bulkhead;

namespace
{

template<std::size_t Size, typename Parse> void hold(Fuzz::Bytes left, Parse parse)
{
    do {
        const Fuzz::Bytes bytes = left.first(std::min(left.size(), Size));
        left = left.subspan(bytes.size());
        const auto message = parse(bytes);
        if (!message) {
            continue;
        }
        BH_ASSERT(bytes.size() == Size);
        const auto again = Drag::build(*message);
        BH_ASSERT(std::ranges::equal(again, bytes));
        const auto back = parse(again);
        BH_ASSERT(back && *back == *message);
    } while (!left.empty());
}

Result<Drag::FromAgent> bounded(Fuzz::Bytes bytes)
{
    auto message = Drag::parseFromAgent(bytes);
    if (message) {
        if (const auto *listed = std::get_if<Drag::Listed>(&*message)) {
            BH_ASSERT(listed->files <= Drag::MostFiles && listed->bytes <= Drag::MostBytes);
        }
    }
    return message;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const Fuzz::Bytes bytes = Fuzz::asBytes(data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        hold<Drag::FromAgentSize>(bytes, bounded);
        break;
    case 1:
        hold<Drag::ToAgentSize>(bytes, Drag::parseToAgent);
        break;
    case 2:
        hold<Drag::ScreenPacketSize>(bytes, Drag::parseFromScreen);
        break;
    default:
        hold<Drag::ScreenPacketSize>(bytes, Drag::parseToScreen);
        break;
    }
    return 0;
}
