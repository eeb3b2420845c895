// SPDX-License-Identifier: GPL-2.0-or-later
// Input: what the other side of the GUI protocol says before the first message; byte 0 says which part.
// Promise: both sides only ever agree on a version that both speak; what was read can be sent on as the same bytes.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/guihandshake.h"

#include <algorithm>

using namespace Bulkhead;
using namespace Bulkhead::Gui;

namespace
{

void checkAgentsWord(Fuzz::Bytes bytes)
{
    const auto version = negotiate(bytes);
    if (!version) {
        return;
    }
    BH_ASSERT(bytes.size() == VersionSize && *version <= OwnVersion);
    const auto answer = buildAnswer(*version, {});
    const bool hasWord = *version >= SinceVersionWord;
    BH_ASSERT(answer.size() == ScreenDescriptionSize + (hasWord ? VersionSize : 0));
    BH_ASSERT(!hasWord || parseNegotiated(std::span(answer).first(VersionSize)) == *version);
}

void checkDaemonsWord(Fuzz::Bytes bytes)
{
    if (const auto version = parseNegotiated(bytes)) {
        BH_ASSERT(*version >= SinceVersionWord && *version <= OwnVersion);
        BH_ASSERT(std::ranges::equal(buildVersion(*version), bytes));
    }
}

void checkScreen(Fuzz::Bytes bytes)
{
    if (const auto screen = parseScreenDescription(bytes)) {
        const auto again = buildAnswer(OwnVersion, *screen);
        BH_ASSERT(std::ranges::equal(std::span(again).subspan(VersionSize), bytes));
    }
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
        checkAgentsWord(bytes);
        break;
    case 1:
        checkDaemonsWord(bytes);
        break;
    default:
        checkScreen(bytes);
        break;
    }
    return 0;
}
