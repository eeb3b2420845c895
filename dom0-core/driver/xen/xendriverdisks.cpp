// SPDX-License-Identifier: GPL-2.0-or-later
// Disks that are plugged into running domains.
#include "base/formatted.h"
#include "dom0-core/driver/xen/xendriverprivate.h"

#include <algorithm>

namespace Bulkhead
{

void XenDriver::attachDisk(DomId domain, const AttachedDisk &disk, Done done)
{
    const auto qube = live(domain);
    const auto provider = disk.providerDomain == Dom0 ? Result<XenQube *>(nullptr) : live(disk.providerDomain);
    if (!qube || !provider) {
        done(std::unexpected(!qube ? qube.error() : provider.error()));
        return;
    }
    auto &disks = (*qube)->disks;
    const bool isTaken = std::ranges::contains(disks, disk.name, &AttachedDisk::name);
    if (isTaken) {
        done(fail(Errc::InUse, formatted("{} is the name of another disk", disk.name)));
        return;
    }
    // Noted before it is made: a daemon that ends meanwhile leaves the domain with it, and the next one is to know.
    disks.push_back(disk);
    if (auto kept = m_records.writeDisks((*qube)->record.name, disks); !kept) {
        disks.pop_back();
        done(std::move(kept));
        return;
    }
    m_toolstack->attachDisk(domain, disk, [this, domain, disk, done = std::move(done)](Result<void> made) mutable {
        auto *const user = find(domain);
        if (user == nullptr) {
            done(made ? fail(Errc::NotFound, "the qube ended meanwhile") : std::move(made));
            return;
        }
        if (!made) {
            std::erase_if(user->disks, [&disk](const AttachedDisk &known) {
                return known.name == disk.name;
            });
            (void)m_records.writeDisks(user->record.name, user->disks); // the failure that matters is told
        }
        done(std::move(made));
    });
}

void XenDriver::detachDisk(DomId domain, const std::string &name, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    const auto &disks = (*qube)->disks;
    const auto place = std::ranges::find(disks, name, &AttachedDisk::name);
    if (place == disks.end()) {
        done({});
        return;
    }
    m_toolstack->detachDisk(domain, *place, [this, domain, name, done = std::move(done)](Result<void> removed) mutable {
        if (auto *const user = find(domain); removed && user != nullptr) {
            std::erase_if(user->disks, [&name](const AttachedDisk &disk) {
                return disk.name == name;
            });
            removed = m_records.writeDisks(user->record.name, user->disks);
        }
        done(std::move(removed));
    });
}

std::vector<AttachedDisk> XenDriver::attachedDisks(DomId domain) const
{
    const auto *const qube = find(domain);
    return qube == nullptr ? std::vector<AttachedDisk>() : qube->disks;
}

} // namespace Bulkhead
