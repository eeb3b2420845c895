// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/units/disklines.h"

#include "base/formatted.h"

#include <cstdint>
#include <sstream>

namespace Bulkhead
{

std::string diskLines(const std::vector<AttachedDisk> &disks)
{
    std::string lines;
    for (const AttachedDisk &disk : disks) {
        lines += formatted("{} {} {} {} {} {}\n",
                           disk.provider.text(),
                           disk.providerDomain.value(),
                           disk.node.string(),
                           disk.name,
                           disk.writable ? "rw" : "ro",
                           disk.isCdrom ? "cdrom" : "disk");
    }
    return lines;
}

std::vector<AttachedDisk> disksFromLines(std::string_view text)
{
    std::vector<AttachedDisk> disks;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream in(line);
        std::string provider;
        std::uint32_t domain = 0;
        std::string node;
        std::string name;
        std::string access;
        std::string kind;
        if (!(in >> provider >> domain >> node >> name >> access >> kind)) {
            continue;
        }
        if (auto parsed = QubeName::parse(provider)) {
            disks.push_back({.provider = *std::move(parsed),
                             .providerDomain = DomId{domain},
                             .node = node,
                             .name = name,
                             .writable = access == "rw",
                             .isCdrom = kind == "cdrom"});
        }
    }
    return disks;
}

} // namespace Bulkhead
