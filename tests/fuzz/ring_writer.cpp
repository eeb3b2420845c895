// SPDX-License-Identifier: GPL-2.0-or-later
// Input: what a hostile peer does to the page between our writes.
// Promise: an index that an honest peer could not have reached ends the ring and changes nothing in it; otherwise what
// is written stands in the ring once, in order, never over bytes that the peer has not taken.
#include "tests/fuzz/ringscript.h"

#include <algorithm>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Fuzz;

namespace
{

struct Model {
    std::uint64_t consumed = 0; ///< as last accepted
    std::uint64_t produced = 0;
    bool violated = false;

    std::optional<std::uint64_t> room(std::uint32_t index)
    {
        std::uint64_t position = (consumed & ~std::uint64_t{0xffffffff}) | index;
        if (position < consumed) {
            position += std::uint64_t{1} << 32;
        }
        if (violated || position > produced) {
            violated = true;
            return std::nullopt;
        }
        consumed = position;
        return PageSize - (produced - consumed);
    }
};

void writeOnce(RingEnd &end, RingUnderAttack &attack, Model &model, std::size_t wanted, std::uint8_t fill)
{
    const auto ring = attack.geometry.right(attack.memory);
    std::vector<std::byte> expected(ring.begin(), ring.end());
    const auto room = model.room(attack.page->right.consumed);
    const std::vector<std::byte> from(wanted, std::byte{fill});
    const auto written = end.write(from);
    BH_ASSERT(written.has_value() == room.has_value());
    if (written) {
        BH_ASSERT(written->bytes == std::min<std::uint64_t>(*room, wanted));
        for (std::size_t i = 0; i < written->bytes; ++i) {
            expected[(model.produced + i) % ring.size()] = std::byte{fill};
        }
        model.produced += written->bytes;
    }
    BH_ASSERT(std::ranges::equal(ring, expected));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    RingUnderAttack attack;
    RingEnd end(RingSide::Server, attack.memory, attack.geometry);
    Model model;
    RingStep step;
    for (Bytes script = asBytes(data, size); nextStep(script, step);) {
        switch (step.what % 4) {
        case 0:
            attack.page->right.consumed = step.value;
            break;
        case 1:
            attack.page->right.consumed += step.value % 5000;
            break;
        case 2:
            writeOnce(end, attack, model, step.value % 6000, step.what);
            break;
        default:
            attack.scribble(step.value, attack.page->left.consumed, attack.page->right.produced);
            break;
        }
    }
    return 0;
}
