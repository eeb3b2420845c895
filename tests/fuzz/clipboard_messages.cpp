// SPDX-License-Identifier: GPL-2.0-or-later
// Input: packets about the clipboard, one after the other; byte 0 says who speaks: a screen half taken over by its
// guest, bulkhead-clipboard, or a qube before its text.
// Promise: what was read is within its limits and can be sent on as the same bytes; a packet is taken whole or not.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <algorithm>

using namespace Bulkhead;
using namespace Bulkhead::Clipboard;

namespace
{

template<typename Parse> void hold(Fuzz::Bytes left, Parse parse)
{
    do {
        const Fuzz::Bytes bytes = left.first(std::min(left.size(), PacketSize));
        left = left.subspan(bytes.size());
        const auto message = parse(bytes);
        if (!message) {
            continue;
        }
        BH_ASSERT(std::ranges::equal(Clipboard::build(*message), bytes));
    } while (!left.empty());
}

Result<Gesture> boundedGesture(Fuzz::Bytes bytes)
{
    auto gesture = parseGesture(bytes);
    if (gesture) {
        if (const auto *hello = std::get_if<Hello>(&*gesture)) {
            BH_ASSERT(hello->sizeLimit >= LeastSizeLimit && hello->sizeLimit <= MostSizeLimit);
        }
    }
    return gesture;
}

Result<Order> boundedOrder(Fuzz::Bytes bytes)
{
    auto order = parseOrder(bytes);
    if (order) {
        if (const auto *give = std::get_if<Give>(&*order)) {
            BH_ASSERT(give->length > 0 && give->length <= MostSizeLimit);
        }
    }
    return order;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const Fuzz::Bytes bytes = Fuzz::asBytes(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        hold(bytes, boundedGesture);
        break;
    case 1:
        hold(bytes, boundedOrder);
        break;
    default:
        if (const auto length = parseAnswerHeader(bytes)) {
            BH_ASSERT(*length <= LongestAnswer && std::ranges::equal(buildAnswerHeader(*length), bytes));
        }
        break;
    }
    return 0;
}
