// SPDX-License-Identifier: GPL-2.0-or-later
// Input: what a hostile receiver of files answers, and what a hostile qube asks to have opened; byte 0 says which.
// Promise: a sender takes no more of a name than it has room for; a name to open is one part of a path with letters
// that mean nothing to anybody, an address is of a known kind and one word.
#include "base/ascii.h"
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/filecopy/openrequest.h"
#include "vchan-io/wire/filecopy/outcome.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;

namespace
{

/// The first `Size` bytes; missing ones are zero.
template<std::size_t Size> std::array<std::byte, Size> field(Fuzz::Bytes bytes)
{
    std::array<std::byte, Size> field{};
    std::ranges::copy(bytes.first(std::min(bytes.size(), Size)), field.begin());
    return field;
}

void checkOutcome(Fuzz::Bytes bytes)
{
    const auto record = field<OutcomeSize>(bytes);
    const Outcome outcome = parseOutcome(record);
    const auto again = build(outcome, std::nullopt);
    BH_ASSERT(again.size() == OutcomeSize && parseOutcome(again) == outcome);
}

void checkLastName(Fuzz::Bytes bytes)
{
    BH_ASSERT(parseLastNameSize(field<LastNameSizeField>(bytes)) <= MaxLastName);
}

void checkOpenRequest(Fuzz::Bytes bytes)
{
    const auto request = parseOpenRequest(field<OpenNameSize>(bytes));
    if (!request) {
        return;
    }
    BH_ASSERT(!request->name.empty() && request->name != "." && request->name != "..");
    BH_ASSERT(request->name.size() < OpenNameSize && std::ranges::all_of(request->name, [](char c) {
                  return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view("._+@-").contains(c);
              }));
    BH_ASSERT(parseOpenRequest(buildOpenRequest(request->name, request->mode)) == *request);
}

void checkAddress(Fuzz::Bytes bytes)
{
    std::string line(bytes.size(), '\0');
    std::ranges::transform(bytes, line.begin(), [](std::byte byte) {
        return std::to_integer<char>(byte);
    });
    if (const auto address = parseAddress(line)) {
        BH_ASSERT(*address == line && line.size() <= MaxAddress && line.contains("://"));
        BH_ASSERT(std::ranges::none_of(line, [](char c) {
            return !Ascii::isPrintable(c) || std::string_view(" \"'\\`").contains(c);
        }));
    }
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
        checkOutcome(bytes);
        break;
    case 1:
        checkLastName(bytes);
        break;
    case 2:
        checkOpenRequest(bytes);
        break;
    default:
        checkAddress(bytes);
        break;
    }
    return 0;
}
