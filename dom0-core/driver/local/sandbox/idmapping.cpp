// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/idmapping.h"

#include "base/formatted.h"

#include <array>
#include <map>
#include <sstream>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr std::array modes{
    std::pair{IdMode::Own, std::string_view("own")},
    std::pair{IdMode::Shared, std::string_view("shared")},
    std::pair{IdMode::Single, std::string_view("single")},
};

// FirstQubeId and the ranges of all domains up to the last fit below 2^32 - 1, which is no id.
static_assert(std::uint64_t{FirstQubeId} + (std::uint64_t{MaxDomId} + 1) * IdsPerQube < 0xFFFFFFFF);

/// How many ids from 0 on a user namespace has.
Result<std::uint64_t> idsFromZero(std::string_view uidMap)
{
    std::istringstream lines{std::string(uidMap)};
    std::map<std::uint64_t, std::uint64_t> extents; // first id inside, count
    std::uint64_t inside = 0;
    std::uint64_t outside = 0;
    std::uint64_t count = 0;
    while (lines >> inside >> outside >> count) {
        extents.emplace(inside, count);
    }
    if (extents.empty() || !lines.eof()) {
        return fail(Errc::BadValue, "this is no uid_map");
    }
    std::uint64_t contiguous = 0;
    for (const auto &[first, length] : extents) {
        if (first != contiguous) {
            break;
        }
        contiguous += length;
    }
    return contiguous;
}

} // namespace

std::string IdMapping::mapLine() const
{
    if (mode == IdMode::Single) {
        return formatted("{} {} 1\n", SessionUserId, first);
    }
    return formatted("0 {} {}\n", first, IdsPerQube);
}

std::uint32_t IdMapping::initId() const noexcept
{
    return mode == IdMode::Single ? SessionUserId : 0;
}

Result<IdMapping> idMappingFor(DomId domain, std::string_view uidMap)
{
    BH_TRY(const auto contiguous, idsFromZero(uidMap));
    if (contiguous >= 0xFFFFFFFF) {
        return IdMapping{.mode = IdMode::Own, .first = FirstQubeId + domain.value() * IdsPerQube};
    }
    if (contiguous >= IdsPerQube) {
        return IdMapping{.mode = IdMode::Shared, .first = 0};
    }
    return IdMapping{.mode = IdMode::Single, .first = 0};
}

std::string_view nameOf(IdMode mode)
{
    for (const auto &[value, word] : modes) {
        if (value == mode) {
            return word;
        }
    }
    std::unreachable();
}

Result<IdMode> parseIdMode(std::string_view text)
{
    for (const auto &[value, word] : modes) {
        if (word == text) {
            return value;
        }
    }
    return fail(Errc::BadValue, "no such way to map ids");
}

} // namespace Bulkhead
