// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/thinvolumes.h"

#include "base/formatted.h"
#include "dom0-core/model/text.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

constexpr std::string_view Back = "-back";

} // namespace

ThinVolumes::ThinVolumes(std::string_view vid, std::vector<LogicalVolume> all)
    : m_plain(vid.substr(vid.find('/') + 1))
    , m_all(std::move(all))
{
}

const LogicalVolume *ThinVolumes::find(std::string_view name) const
{
    const auto place = std::ranges::find(m_all, name, &LogicalVolume::name);
    return place == m_all.end() ? nullptr : &*place;
}

std::vector<ThinVolumes::Revision> ThinVolumes::revisions() const
{
    std::vector<Revision> revisions;
    const std::string prefix = m_plain + "-";
    for (const LogicalVolume &volume : m_all) {
        std::string_view rest = volume.name;
        if (!rest.starts_with(prefix) || !rest.ends_with(Back)) {
            continue;
        }
        rest.remove_prefix(prefix.size());
        if (rest.size() <= Back.size()) {
            continue;
        }
        if (const auto seconds = parseNumber(rest.substr(0, rest.size() - Back.size()))) {
            revisions.push_back(
                {.seconds = static_cast<std::int64_t>(*seconds), .name = volume.name, .id = std::string(rest)});
        }
    }
    std::ranges::sort(revisions, {}, &Revision::seconds);
    return revisions;
}

std::string ThinVolumes::nextRevision(std::int64_t now) const
{
    const auto known = revisions();
    const std::int64_t seconds = known.empty() ? now : std::max(now, known.back().seconds + 1);
    return formatted("{}-{}{}", m_plain, seconds, Back);
}

std::optional<std::string> ThinVolumes::current() const
{
    if (find(m_plain) != nullptr) {
        return m_plain;
    }
    const auto known = revisions();
    return known.empty() ? std::nullopt : std::optional(known.back().name);
}

} // namespace Bulkhead
