// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/attacheddisk.h"
#include "dom0-core/driver/xen/buildorder.h"
#include "dom0-core/driver/xen/libxlheaders.h"

#include <memory>
#include <string>

namespace Bulkhead
{

/// libxl's configuration of one domain, filled field by field (spec security, R-51). Needs no Xen.
class XenConfig
{
public:
    XenConfig();
    XenConfig(const XenConfig &) = delete;
    XenConfig &operator=(const XenConfig &) = delete;
    ~XenConfig();

    /// Once.
    /// @errors BadValue
    /// @source spec xen-domains, 2 to 4
    [[nodiscard]] Result<void> fill(const BuildOrder &order);

    [[nodiscard]] libxl_domain_config *get() noexcept
    {
        return &m_config;
    }

private:
    void fillCreation(const BuildOrder &order);
    void fillBuild(const BuildOrder &order);
    void fillDisks(const BuildOrder &order);
    [[nodiscard]] Result<void> fillNic(const OrderedNic &nic);

    libxl_domain_config m_config;
};

/// One interface, to be added to a running domain.
class XenNic
{
public:
    XenNic();
    XenNic(const XenNic &) = delete;
    XenNic &operator=(const XenNic &) = delete;
    ~XenNic();

    /// Once.
    /// @errors BadValue
    [[nodiscard]] Result<void> fill(const OrderedNic &nic);

    [[nodiscard]] libxl_device_nic *get() noexcept
    {
        return &m_nic;
    }

private:
    libxl_device_nic m_nic;
};

/// One disk, to be added to a running domain, or taken from it.
class XenDisk
{
public:
    XenDisk();
    XenDisk(const XenDisk &) = delete;
    XenDisk &operator=(const XenDisk &) = delete;
    ~XenDisk();

    /// Once.
    /// @source spec xen-domains, 3
    void fill(const AttachedDisk &disk);

    [[nodiscard]] libxl_device_disk *get() noexcept
    {
        return &m_disk;
    }

private:
    libxl_device_disk m_disk;
};

/// The hotplug script of interfaces, in dom0 and in every net qube.
inline constexpr const char *VifScript = "/usr/lib/bulkhead/vif-bulkhead";

/// That of volumes and devices that dom0 serves.
inline constexpr const char *BlockScript = "/usr/lib/bulkhead/block-bulkhead";

/// Lower-case, 8-4-4-4-12.
[[nodiscard]] std::string uuidText(const libxl_uuid &uuid);

} // namespace Bulkhead
