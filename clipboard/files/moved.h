// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/files/sources.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

namespace Bulkhead::FileCopy
{

/// What was sent, to be deleted once the other side has it: that and nothing else.
class Moved
{
public:
    /// @param facts  as they were when it was read
    void add(std::size_t source, const Item &item, const struct stat &facts);

    /// Deletes everything that is still as it was when it was sent.
    /// @param sources  the numbers above count in them
    /// @return what stays, in words; empty if nothing does
    [[nodiscard]] std::vector<std::string> remove(const std::vector<Source> &sources) const;

private:
    struct Entry {
        std::size_t source = 0;
        std::string path;
        dev_t device = 0;
        ino_t inode = 0;
        mode_t kind = 0;
        off_t size = 0;
        timespec modified = {};
    };

    std::vector<Entry> m_entries; ///< directories before what is in them
};

} // namespace Bulkhead::FileCopy
