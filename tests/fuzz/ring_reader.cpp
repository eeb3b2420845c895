// SPDX-License-Identifier: GPL-2.0-or-later
// Input: what a hostile peer does to the page between our reads.
// Promise: an index that an honest peer could not have reached ends the ring and delivers nothing; otherwise the bytes
// of the ring come out, each once and in order, wherever our own words in the page were turned.
#include "tests/fuzz/ringscript.h"

#include <algorithm>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Fuzz;

namespace
{

/// The same judgement, written differently: positions in the stream, without a wrap.
struct Model {
    std::uint64_t consumed = 0;
    std::uint64_t produced = 0; ///< as last accepted
    bool violated = false;

    /// Bytes to read, or none if the peer's index cannot be.
    std::optional<std::uint64_t> available(std::uint32_t index)
    {
        std::uint64_t position = (produced & ~std::uint64_t{0xffffffff}) | index;
        if (position < produced) {
            position += std::uint64_t{1} << 32;
        }
        if (violated || position > consumed + PageSize) {
            violated = true;
            return std::nullopt;
        }
        produced = position;
        return produced - consumed;
    }
};

void readOnce(RingEnd &end, RingUnderAttack &attack, Model &model, std::size_t wanted)
{
    std::vector<std::byte> into(wanted);
    const auto available = model.available(attack.page->left.produced);
    const auto read = end.read(into);
    BH_ASSERT(read.has_value() == available.has_value());
    if (!read) {
        BH_ASSERT(read.error().code == Errc::RingViolation);
        return;
    }
    BH_ASSERT(read->bytes == std::min<std::uint64_t>(*available, wanted));
    const auto ring = attack.geometry.left(attack.memory);
    for (std::size_t i = 0; i < read->bytes; ++i) {
        BH_ASSERT(into[i] == ring[(model.consumed + i) % ring.size()]);
    }
    model.consumed += read->bytes;
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
            attack.page->left.produced = step.value;
            break;
        case 1:
            attack.page->left.produced += step.value % 5000;
            break;
        case 2:
            readOnce(end, attack, model, step.value % 6000);
            break;
        default:
            attack.scribble(step.value, attack.page->left.consumed, attack.page->right.produced);
            break;
        }
    }
    return 0;
}
