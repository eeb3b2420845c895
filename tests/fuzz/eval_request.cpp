// SPDX-License-Identifier: GPL-2.0-or-later
// Input: a line with the argument of policy.EvalSimple, then its payload. Promise: what is accepted is that payload and
// that argument, letter by letter, holds nothing that could begin a line of a query, and is as long as it may be.
#include "base/ascii.h"
#include "vchan-io/wire/calls/evalrequest.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

bool isPlain(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return Ascii::isPrintable(c) && c != ' ' && c != '=';
    });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string input(data, data + size);
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string argument = input.substr(0, end);
    const std::string payload = input.substr(std::min(end + 1, input.size()));
    const auto request = parseEvalRequest(argument, payload);
    if (request) {
        BH_ASSERT(request->service == argument && isPlain(argument) && !argument.starts_with('+'));
        BH_ASSERT(request->source + '\0' + request->target == payload);
        BH_ASSERT(isPlain(request->source) && isPlain(request->target));
        BH_ASSERT(request->source.size() <= MaxEvalSource && request->target.size() <= MaxEvalTarget);
    }
    return 0;
}
