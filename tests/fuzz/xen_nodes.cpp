// SPDX-License-Identifier: GPL-2.0-or-later
// Input: the text of a node that a peer wrote (byte 0 even), or bytes of xenstore's (odd).
// Promise: a number that is taken is written exactly as it is said, and lies in its range; what is split has all its
// bytes, and a header that is taken names no more than a message holds.
#include "vchan-io/wire/memoryreport.h"
#include "vchan-io/wire/xennodes.h"
#include "vchan-io/wire/xenstoremessages.h"

#include <span>
#include <string>

using namespace Bulkhead;

namespace
{

template<typename Number>
void checkNumber(const Result<Number> &number, const std::string &text, std::uint32_t min, std::uint32_t max)
{
    if (!number) {
        BH_ASSERT(number.error().code == Errc::BadField);
        return;
    }
    BH_ASSERT(number->value() >= min && number->value() <= max);
    BH_ASSERT(std::to_string(number->value()) == text);
}

void checkMemory(const std::string &text)
{
    if (const auto bytes = parseMemoryReport(text)) {
        BH_ASSERT(text.size() <= 10 && text.find_first_not_of("0123456789") == std::string::npos);
        BH_ASSERT(*bytes % 1024 == 0 && std::stoull(text) == *bytes / 1024);
    }
}

void checkStore(std::span<const std::byte> bytes, const std::string &text)
{
    const auto header = Xenstore::parseHeader(bytes.first(std::min(bytes.size(), Xenstore::HeaderSize)));
    BH_ASSERT(!header || header->length <= Xenstore::MaxBody);
    if (const auto parts = Xenstore::splitTerminated(text)) {
        std::size_t size = 0;
        for (const std::string_view part : *parts) {
            size += part.size() + 1;
        }
        BH_ASSERT(size == text.size());
    }
    if (const auto transaction = Xenstore::parseTransaction(text)) {
        BH_ASSERT(*transaction != 0);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const auto input = std::span(data, size).subspan(1);
    const std::string text(input.begin(), input.end());
    if (data[0] % 2 == 0) {
        checkNumber(XenNodes::parseRingReference(text), text, 1, 0x7FFFFFFF);
        checkNumber(XenNodes::parseEventChannel(text), text, 1, XenNodes::MaxEventPort);
        checkNumber(XenNodes::parseDomain(text), text, 0, MaxDomId);
        checkMemory(text);
    } else {
        checkStore(std::as_bytes(input), text);
    }
    return 0;
}
