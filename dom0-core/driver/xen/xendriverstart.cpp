// SPDX-License-Identifier: GPL-2.0-or-later
// The start of a qube on Xen. One function a step, in the order in which they run.
#include "base/formatted.h"
#include "dom0-core/driver/units/qrexecunit.h"
#include "dom0-core/driver/xen/xendriverprivate.h"
#include "dom0-core/driver/xen/xenlog.h"
#include "dom0-core/process/steps.h"

namespace Bulkhead
{

void XenDriver::start(const DomainConfig &config, Started done)
{
    auto order = plan(config);
    if (!order) {
        done(std::unexpected(std::move(order).error()));
        return;
    }
    const auto name = config.name;
    const RunRecord record{.name = name, .uuid = config.uuid, .hasNic = order->nic.has_value()};
    m_qubes.emplace(name, std::make_unique<XenQube>(XenQube{.record = record}));

    Steps steps;
    steps.addNow([this, record] { // from here on a daemon that is started anew knows what to remove
        return m_records.write(record);
    });
    steps.add([this, name, order = *order](Done next) {
        makeRoom(name, order, std::move(next));
    });
    steps.add([this, name, order = *std::move(order)](Done next) {
        build(name, order, std::move(next));
    });
    steps.addNow([this, name] {
        return watchDomain(name);
    });
    steps.add([this, name](Done next) {
        startQrexecDaemon(name, std::move(next));
    });
    steps.add([this, name](Done next) {
        m_toolstack->unpause(find(name)->builtDomain(), std::move(next));
    });
    steps.addNow([this, name] {
        return completeStart(name);
    });
    Steps::run(std::move(steps), [this, name, done = std::move(done)](Result<void> outcome) mutable {
        auto *const qube = find(name);
        BH_ASSERT(qube != nullptr); // only its own teardown forgets it, and that begins here
        if (outcome) {
            done(qube->builtDomain());
            return;
        }
        qube->waitingForEnd.emplace_back(
            [error = std::move(outcome).error(), done = std::move(done)](Result<void>) mutable {
                done(std::unexpected(std::move(error)));
            });
        tearDown(name);
    });
}

Result<BuildOrder> XenDriver::plan(const DomainConfig &config) const
{
    if (find(config.name) != nullptr) {
        return fail(Errc::InUse, formatted("{} runs or is still ending", config.name.text()));
    }
    BH_TRY(auto order, planDomain(config, m_toolstack->machine(), m_config.kernels));
    for (const auto &file : {order.kernel, order.initramfs}) {
        if (std::error_code error; !std::filesystem::is_regular_file(file, error)) {
            return fail(Errc::NotFound, formatted("there is no {}", file.string()));
        }
    }
    if (config.virtMode == VirtMode::Pvh && order.kind == DomainKind::Pv) {
        logXen.info("{}: this machine has no virtualisation for pvh, so it becomes a pv domain", config.name.text());
    }
    return order;
}

/// Nothing else is given the room until the domain has taken it.
void XenDriver::makeRoom(const QubeName &name, const BuildOrder &order, Done done)
{
    if (m_config.balancer == nullptr) {
        done({});
        return;
    }
    const Memory::StartingDomain wanted{.kind = order.kind == DomainKind::Pv ? Memory::StartingDomain::Kind::Pv
                                                                             : Memory::StartingDomain::Kind::Pvh,
                                        .memoryMiB = order.memoryMiB,
                                        .maxMemoryMiB = order.maxMemoryMiB,
                                        .vcpus = order.vcpus};
    m_config.balancer->reserve(
        Memory::bytesToStart(wanted),
        [this, name, done = std::move(done)](Result<void> made, Memory::Balancer::Hold hold) mutable {
            if (made) {
                find(name)->memory.emplace(std::move(hold));
            }
            done(std::move(made));
        });
}

void XenDriver::build(const QubeName &name, const BuildOrder &order, Done done)
{
    m_toolstack->build(order, [this, name, done = std::move(done)](Result<DomId> built) mutable {
        find(name)->memory.reset();
        if (!built) {
            done(std::unexpected(std::move(built).error()));
            return;
        }
        find(name)->domain = *built;
        done({});
    });
}

Result<void> XenDriver::watchDomain(const QubeName &name)
{
    return m_toolstack->watch(find(name)->builtDomain());
}

void XenDriver::startQrexecDaemon(const QubeName &name, Done done)
{
    const auto &qube = *find(name);
    if (m_config.qrexecDaemon.empty()) {
        done({});
        return;
    }
    const QrexecDaemonUnit unit{.daemon = m_config.qrexecDaemon,
                                .name = name,
                                .uuid = qube.record.uuid,
                                .domain = qube.builtDomain(),
                                .user = m_config.desktopUser};
    m_qrexecDaemons.start(unit, std::move(done));
}

Result<void> XenDriver::completeStart(const QubeName &name)
{
    auto &qube = *find(name);
    if (qube.isOver) {
        return fail(Errc::Driver, formatted("{} ended while it was being started", name.text()));
    }
    qube.record.domain = qube.domain;
    BH_CHECK(m_records.write(qube.record));
    qube.phase = XenQube::Phase::Running;
    qube.isAnnounced = true;
    logXen.info("{}: runs as domain {}", name.text(), qube.builtDomain().value());
    return {};
}

} // namespace Bulkhead
