// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/fuzz/splitstream.h"
#include "tests/support/ringpage.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

/// A hostile guest's program against one end of a ring: steps of five bytes, what to do and a number to do it with.
namespace Bulkhead::Fuzz
{

struct RingStep {
    std::uint8_t what = 0;
    std::uint32_t value = 0;
};

inline constexpr std::size_t RingStepSize = 5;

/// Takes the next step off the script; false: it is over.
inline bool nextStep(Bytes &script, RingStep &step)
{
    if (script.size() < RingStepSize) {
        return false;
    }
    step.what = std::to_integer<std::uint8_t>(script[0]);
    std::memcpy(&step.value, script.data() + 1, sizeof step.value);
    script = script.subspan(RingStepSize);
    return true;
}

/// A channel's memory with our end in it, and nobody honest at the other.
struct RingUnderAttack {
    struct alignas(PageSize) Page {
        std::array<std::byte, PageSize> bytes;
    };

    RingUnderAttack()
        : geometry(RingGeometry::holding(PageSize, PageSize))
        , storage(geometry.totalBytes() / PageSize)
        , memory(std::as_writable_bytes(std::span(storage)))
        , page(Test::controlPageOf(memory))
    {
        formatRings(memory, geometry);
        for (std::size_t i = PageSize; i < memory.size(); ++i) {
            memory[i] = static_cast<std::byte>(i * 31 >> 3);
        }
    }

    /// Words of the page that mean nothing to our end: its own indices, orders, live and notify bytes.
    void scribble(std::uint32_t value, std::uint32_t &ownIndexIn, std::uint32_t &ownIndexOut) const
    {
        ownIndexIn = value;
        ownIndexOut = ~value;
        page->leftOrder = static_cast<std::uint16_t>(value);
        page->rightOrder = static_cast<std::uint16_t>(value >> 16);
        page->clientLive = static_cast<std::uint8_t>(value >> 8);
        page->serverLive = static_cast<std::uint8_t>(value >> 24);
        page->clientNotify = static_cast<std::uint8_t>(value);
        page->serverNotify = static_cast<std::uint8_t>(value >> 4);
    }

    RingGeometry geometry;
    std::vector<Page> storage;
    std::span<std::byte> memory;
    RingControlPage *page;
};

} // namespace Bulkhead::Fuzz
