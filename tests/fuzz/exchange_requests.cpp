// SPDX-License-Identifier: GPL-2.0-or-later
// Input: a request of a domain to the exchange, or an answer of it; byte 0 says which.
// Promise: what was read is within its bounds, can be sent on and is read as the same.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/exchangemessages.h"

using namespace Bulkhead;
using namespace Bulkhead::Exchange;

namespace
{

bool isSound(const Request &request)
{
    const bool isChannel = request.ask == Ask::Serve || request.ask == Ask::Connect;
    const bool hasRings = request.toServer != 0 && request.toClient != 0;
    return request.peer.value() <= MaxDomId && (isChannel || request.port == Port{})
        && hasRings == (request.ask == Ask::Serve) && request.toServer <= MaxRingBytes
        && request.toClient <= MaxRingBytes;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const Fuzz::Bytes bytes = Fuzz::asBytes(data + 1, size - 1);
    if (data[0] % 2 == 0) {
        if (const auto request = parseRequest(bytes)) {
            BH_ASSERT(isSound(*request));
            const auto back = parseRequest(build(*request));
            BH_ASSERT(back && *back == *request);
        }
    } else if (const auto answer = parseAnswer(bytes)) {
        BH_ASSERT(parseAnswer(build(*answer)) == *answer);
    }
    return 0;
}
