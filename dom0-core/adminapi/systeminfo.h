// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/registry.h"

#include <cstdint>
#include <optional>
#include <string>

namespace Bulkhead::AdminApi
{

/// What the policy daemon needs of every qube for each call it judges, as JSON. Kept until something changes: it is
/// asked often.
/// @source spec admin-api, 8.15
class SystemInfo
{
public:
    /// @param registry  outlives this
    explicit SystemInfo(const Registry &registry);

    /// Borrowed until the next call.
    [[nodiscard]] const std::string &text();

private:
    const Registry &m_registry;
    std::string m_text;
    std::optional<std::uint64_t> m_revision; ///< that the text is of
};

} // namespace Bulkhead::AdminApi
