// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/xenconfig.h"

#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/driver/xen/domainstore.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <span>

namespace Bulkhead
{

namespace
{

constexpr std::uint64_t KiBPerMiB = 1024;

/// libxl frees what its structures hold.
char *copyOf(const std::string &text)
{
    char *const copy = ::strdup(text.c_str());
    BH_ASSERT(copy != nullptr);
    return copy;
}

template<typename T> T *arrayOf(std::size_t count)
{
    auto *const array = static_cast<T *>(std::calloc(count, sizeof(T)));
    BH_ASSERT(array != nullptr);
    return array;
}

/// A list of libxl: keys and values in turn, ended by nothing.
libxl_key_value_list keyValues(const std::vector<std::pair<std::string, std::string>> &pairs)
{
    auto *const list = arrayOf<char *>(2 * pairs.size() + 1);
    const std::span places(list, 2 * pairs.size() + 1);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        places[2 * i] = copyOf(formatted("{}/{}", SettingsDirectory, pairs[i].first));
        places[2 * i + 1] = copyOf(pairs[i].second);
    }
    return list;
}

/// All of the first `count` processors; libxl's own default is one.
void setAll(libxl_bitmap &bitmap, std::uint32_t count)
{
    constexpr std::uint32_t BitsPerByte = 8;
    bitmap.size = (count + BitsPerByte - 1) / BitsPerByte;
    bitmap.map = arrayOf<std::uint8_t>(bitmap.size);
    for (std::uint32_t i = 0; i < count; ++i) {
        bitmap.map[i / BitsPerByte] |= static_cast<std::uint8_t>(1U << (i % BitsPerByte));
    }
}

Result<void> parseMac(std::string_view text, std::span<std::uint8_t> mac)
{
    constexpr std::size_t Step = 3; // two digits and a colon
    constexpr int Hexadecimal = 16;
    if (text.size() != Step * mac.size() - 1) {
        return fail(Errc::BadValue, "nic has no hardware address of six bytes");
    }
    for (std::size_t i = 0; i < mac.size(); ++i) {
        const auto byte = numberIn<std::uint8_t>(text.substr(Step * i, 2), Hexadecimal);
        if (!byte || (i > 0 && text[Step * i - 1] != ':')) {
            return fail(Errc::BadValue, "nic has no hardware address of six bytes");
        }
        mac[i] = *byte;
    }
    return {};
}

Result<void> fillOne(libxl_device_nic &target, const OrderedNic &nic)
{
    target.devid = 0;
    BH_CHECK(parseMac(nic.mac, std::span(target.mac)));
    target.ip = copyOf(nic.address6.empty() ? nic.address : formatted("{} {}", nic.address, nic.address6));
    target.backend_domname = copyOf(nic.backend.text()); // libxl finds its number now: a restart gives it another
    target.script = copyOf(VifScript);
    target.nictype = LIBXL_NIC_TYPE_VIF;
    libxl_defbool_set(&target.trusted, false); // another qube serves it
    return {};
}

} // namespace

XenConfig::XenConfig()
{
    libxl_domain_config_init(&m_config);
}

XenConfig::~XenConfig()
{
    libxl_domain_config_dispose(&m_config);
}

Result<void> XenConfig::fill(const BuildOrder &order)
{
    fillCreation(order);
    fillBuild(order);
    fillDisks(order);
    if (libxl_uuid_from_string(&m_config.c_info.uuid, order.uuid.c_str()) != 0) {
        return fail(Errc::BadValue, "uuid is not one");
    }
    return order.nic ? fillNic(*order.nic) : Result<void>{};
}

void XenConfig::fillCreation(const BuildOrder &order)
{
    auto &creation = m_config.c_info;
    creation.type = order.kind == DomainKind::Pv ? LIBXL_DOMAIN_TYPE_PV : LIBXL_DOMAIN_TYPE_PVH;
    creation.name = copyOf(order.name.text());
    libxl_defbool_set(&creation.run_hotplug_scripts, true);
    libxl_defbool_set(&creation.driver_domain, order.backsDevices);
    creation.xsdata = keyValues(order.settings);
    // libxl acts on none of these; they tell other tools that nothing of the domain stays.
    m_config.on_poweroff = LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
    m_config.on_reboot = LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
    m_config.on_crash = LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
    m_config.on_watchdog = LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
    m_config.on_soft_reset = LIBXL_ACTION_ON_SHUTDOWN_DESTROY;
}

void XenConfig::fillBuild(const BuildOrder &order)
{
    auto &build = m_config.b_info;
    libxl_domain_build_info_init_type(&build, m_config.c_info.type);
    build.max_vcpus = static_cast<int>(order.vcpus);
    setAll(build.avail_vcpus, order.vcpus);
    build.max_memkb = std::max(order.memoryMiB, order.maxMemoryMiB) * KiBPerMiB; // it begins with a part of that
    build.target_memkb = order.memoryMiB * KiBPerMiB;
    build.tsc_mode = LIBXL_TSC_MODE_NATIVE;
    build.max_grant_version = 1; // nobody here needs the second, so nobody can attack it
    build.kernel = copyOf(order.kernel.string());
    build.ramdisk = copyOf(order.initramfs.string());
    build.cmdline = copyOf(order.commandLine);
    libxl_defbool_set(&build.claim_mode, false);
    if (order.kind == DomainKind::Pvh) {
        libxl_defbool_set(&build.disable_migrate, true); // shows the guest an invariant clock
        libxl_defbool_set(&build.nested_hvm, false);
        libxl_defbool_set(&build.apic, true);
        libxl_defbool_set(&build.acpi, true);
    }
}

void XenConfig::fillDisks(const BuildOrder &order)
{
    m_config.disks = arrayOf<libxl_device_disk>(order.disks.size());
    m_config.num_disks = static_cast<int>(order.disks.size());
    const std::span disks(m_config.disks, order.disks.size());
    for (std::size_t i = 0; i < disks.size(); ++i) {
        libxl_device_disk_init(&disks[i]);
        disks[i].pdev_path = copyOf(order.disks[i].device.string());
        disks[i].vdev = copyOf(order.disks[i].name);
        disks[i].backend = LIBXL_DISK_BACKEND_PHY; // or libxl would start an emulator for it
        disks[i].format = LIBXL_DISK_FORMAT_RAW;   // and nobody guesses at what a guest wrote
        disks[i].script = copyOf(BlockScript);
        disks[i].readwrite = order.disks[i].writable ? 1 : 0;
    }
}

Result<void> XenConfig::fillNic(const OrderedNic &nic)
{
    m_config.nics = arrayOf<libxl_device_nic>(1);
    m_config.num_nics = 1;
    libxl_device_nic_init(m_config.nics);
    return fillOne(*m_config.nics, nic);
}

XenNic::XenNic()
{
    libxl_device_nic_init(&m_nic);
}

XenNic::~XenNic()
{
    libxl_device_nic_dispose(&m_nic);
}

Result<void> XenNic::fill(const OrderedNic &nic)
{
    return fillOne(m_nic, nic);
}

XenDisk::XenDisk()
{
    libxl_device_disk_init(&m_disk);
}

XenDisk::~XenDisk()
{
    libxl_device_disk_dispose(&m_disk);
}

void XenDisk::fill(const AttachedDisk &disk)
{
    m_disk.pdev_path = copyOf(disk.node.string());
    m_disk.vdev = copyOf(disk.name);
    m_disk.backend = LIBXL_DISK_BACKEND_PHY; // or libxl would start an emulator for it
    m_disk.format = LIBXL_DISK_FORMAT_RAW;   // and nobody guesses at what a guest wrote
    m_disk.readwrite = disk.writable ? 1 : 0;
    m_disk.is_cdrom = disk.isCdrom ? 1 : 0;
    m_disk.removable = 1;
    m_disk.backend_domid = disk.providerDomain.value(); // a name could be another domain's by now
    if (disk.providerDomain == Dom0) {
        m_disk.script = copyOf(BlockScript);
    } else {
        libxl_defbool_set(&m_disk.trusted, false); // another qube serves it
    }
}

std::string uuidText(const libxl_uuid &uuid)
{
    std::string text;
    for (std::size_t i = 0; i < sizeof(uuid.uuid); ++i) {
        constexpr std::array Dashes{4U, 6U, 8U, 10U};
        text += formatted("{}{:02x}", std::ranges::contains(Dashes, i) ? "-" : "", uuid.uuid[i]);
    }
    return text;
}

} // namespace Bulkhead
