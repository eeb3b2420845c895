// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/lvmtools.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// One volume of a qube among the logical volumes of its group. Pure.
/// @source spec qube-model, 8.5
class ThinVolumes
{
public:
    struct Revision {
        std::int64_t seconds = 0;
        std::string name; ///< of the logical volume
        std::string id;   ///< what the API calls it: `SECONDS-back`
    };

    /// @param vid  `GROUP/vm-QUBE-VOLUME`
    ThinVolumes(std::string_view vid, std::vector<LogicalVolume> all);

    [[nodiscard]] const std::string &plain() const noexcept
    {
        return m_plain;
    }

    [[nodiscard]] std::string snap() const
    {
        return m_plain + "-snap";
    }

    [[nodiscard]] std::string import() const
    {
        return m_plain + "-import";
    }

    /// By their time.
    [[nodiscard]] std::vector<Revision> revisions() const;
    /// The name of a revision made now; later than every other one, whatever the clock says.
    [[nodiscard]] std::string nextRevision(std::int64_t now) const;
    /// What the volume holds; nothing if it was never made.
    [[nodiscard]] std::optional<std::string> current() const;
    /// Null: there is none of that name.
    [[nodiscard]] const LogicalVolume *find(std::string_view name) const;

private:
    std::string m_plain;
    std::vector<LogicalVolume> m_all;
};

} // namespace Bulkhead
