// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/dom0-core/corefixture.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead::Test
{

/// A core with qubes `work` and `usb`, and words for what tests of devices do with them.
class DeviceRig
{
public:
    using Keys = std::vector<std::pair<std::string, std::string>>;

    DeviceRig();

    [[nodiscard]] CoreFixture &core() const
    {
        return *m_core;
    }

    [[nodiscard]] QByteArray
    call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {}) const
    {
        return m_core->call(service, qube, payload);
    }

    [[nodiscard]] QByteArray block(const QByteArray &name, const QByteArray &qube, const QByteArray &payload = {}) const
    {
        return call("admin.vm.device.block." + name, qube, payload);
    }

    void start(const QByteArray &qube) const
    {
        QCOMPARE(call("admin.vm.Start", qube), success());
    }

    /// What the qube's own database then holds below /qubes-block-devices/, and the word that it changed.
    void publish(const std::string &qube, const Keys &keys) const;
    void unpublish(const std::string &qube, const std::string &device) const;

    /// The messages of the driver's log that are about disks.
    [[nodiscard]] QStringList disks() const;
    /// Events about devices, from a stream.
    [[nodiscard]] static QStringList deviceEvents(const RawClient &stream);

private:
    void tell(const std::string &qube, const std::vector<std::vector<std::byte>> &messages) const;

    std::unique_ptr<CoreFixture> m_core;
};

} // namespace Bulkhead::Test
