// SPDX-License-Identifier: GPL-2.0-or-later
// Input: packets that one half of the GUI daemon sends to the other, taken over by its guest; byte 0 says which half.
// Promise: what was read can be sent on and is read as the same; a packet is taken whole or not at all.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/screencommands.h"

using namespace Bulkhead;

namespace
{

template<typename Parse, typename Build> void hold(Fuzz::Bytes packet, Parse parse, Build build)
{
    const auto message = parse(packet);
    if (!message) {
        return;
    }
    BH_ASSERT(packet.size() == Screen::PacketSize);
    const Screen::Packet again = build(*message);
    const auto back = parse(again);
    BH_ASSERT(back && *back == *message);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const bool isCommand = data[0] % 2 == 0;
    Fuzz::Bytes left = Fuzz::asBytes(data + 1, size - 1);
    do {
        const Fuzz::Bytes packet = left.first(std::min(left.size(), Screen::PacketSize));
        left = left.subspan(packet.size());
        if (isCommand) {
            hold(packet, Screen::parseCommand, Screen::buildCommand);
        } else {
            hold(packet, Screen::parseEvent, Screen::buildEvent);
        }
    } while (!left.empty());
    return 0;
}
