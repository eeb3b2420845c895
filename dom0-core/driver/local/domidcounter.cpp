// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/domidcounter.h"

#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

namespace Bulkhead
{

namespace
{

/// The number that was given out last; 0 before the first.
Result<std::uint32_t> lastUsed(const std::filesystem::path &file)
{
    const auto text = readSmallFile(file);
    if (!text) {
        return text.error().code == Errc::NotFound ? Result<std::uint32_t>(0) : std::unexpected(text.error());
    }
    const auto line = std::string_view(*text).substr(0, text->find('\n'));
    const auto value = line.size() + 1 == text->size() ? numberWithin<std::uint32_t>(line, 0, MaxDomId) : std::nullopt;
    if (!value) {
        // Starting over could give a running domain's number away.
        return fail(Errc::BadValue, formatted("{} does not hold a domain number", file.string()));
    }
    return *value;
}

} // namespace

DomIdCounter::DomIdCounter(std::filesystem::path file)
    : m_file(std::move(file))
{
}

Result<DomId> DomIdCounter::take() const
{
    BH_TRY(const auto last, lastUsed(m_file));
    if (last >= MaxDomId) {
        return fail(Errc::TooMuch, "all domain numbers were used; dom0 must be started anew");
    }
    BH_CHECK(writeSmallFile(m_file, formatted("{}\n", last + 1)));
    return DomId{last + 1};
}

} // namespace Bulkhead
