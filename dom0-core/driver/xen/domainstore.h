// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <cstdint>
#include <string>
#include <vector>

namespace Bulkhead
{

/// Who may do what with a node of xenstore.
struct NodeRights {
    enum class Access : std::uint8_t { None, Read, Write, ReadWrite };

    struct Grant {
        DomId domain;
        Access access = Access::None;

        friend bool operator==(const Grant &, const Grant &) = default;
    };

    DomId owner;                    ///< may do everything
    Access others = Access::None;   ///< of whoever is not named
    std::vector<Grant> grants = {}; ///< of single domains

    friend bool operator==(const NodeRights &, const NodeRights &) = default;
};

struct NodeWithRights {
    std::string path; ///< below the domain's own directory; empty for that itself
    NodeRights rights;
};

/// The rights of every node in a domain's part of xenstore.
/// @errors Io
[[nodiscard]] Result<std::vector<NodeWithRights>> rightsOf(DomId domain);

/// What a qube reads of itself; see docs/protocol/guest-settings.md.
inline constexpr const char *SettingsDirectory = "vm-data/bulkhead";

/// Changes one of a running domain's settings. The node has the rights of those that were written at its creation.
/// @errors Io
[[nodiscard]] Result<void> writeSetting(DomId domain, const std::string &key, const std::string &value);

/// Makes the nodes in which a domain says what it uses: its own, and nobody else's to read.
/// @errors Io
[[nodiscard]] Result<void> makeMemoryNodes(DomId domain);

/// Removes the names of channels with this domain that programs of dom0 left, so that the next domain with its number
/// does not find them.
void removeChannelNames(DomId domain);

} // namespace Bulkhead
