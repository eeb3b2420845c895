// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <filesystem>

namespace Bulkhead
{

/// Gives out domain numbers from 1 on, each once while dom0 runs: the file lies where a start of dom0 finds nothing.
class DomIdCounter
{
public:
    explicit DomIdCounter(std::filesystem::path file);

    /// The next number. It counts as used from then on, whatever becomes of its domain, also after a crash of ours.
    /// @errors TooMuch (no number is left), BadValue (the file is not ours), Io
    [[nodiscard]] Result<DomId> take() const;

private:
    std::filesystem::path m_file;
};

} // namespace Bulkhead
