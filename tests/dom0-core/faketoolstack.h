// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/xen/toolstack.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// A hypervisor in memory: domains exist, are paused and go as they would on Xen, and a test decides what goes wrong.
class FakeToolstack final : public Toolstack
{
    Q_OBJECT

public:
    using Toolstack::Toolstack;

    [[nodiscard]] XenMachine machine() const override
    {
        return facts;
    }

    [[nodiscard]] Result<std::vector<XenDomain>> domains() const override
    {
        return list;
    }

    void build(const BuildOrder &order, Built done) override
    {
        log.push_back("build " + order.name.text());
        orders.push_back(order);
        if (buildFails && !buildLeavesDomain) {
            done(std::unexpected(*buildFails));
            return;
        }
        const DomId id{++lastId};
        list.push_back({.id = id, .uuid = order.uuid, .isPaused = true});
        if (duringBuild) {
            duringBuild(id);
        }
        if (buildFails) {
            done(std::unexpected(*buildFails));
            return;
        }
        done(id);
    }

    [[nodiscard]] Result<void> watch(DomId domain) override
    {
        if (find(domain) == nullptr) {
            return fail(Errc::NotFound, "it is gone");
        }
        watched.push_back(domain);
        return {};
    }

    void unpause(DomId domain, Done done) override
    {
        note("unpause", domain);
        auto *const found = find(domain);
        if (found == nullptr) {
            done(fail(Errc::NotFound, "it is gone"));
            return;
        }
        found->isPaused = false;
        if (duringUnpause) {
            duringUnpause(domain);
        }
        done({});
    }

    void pause(DomId domain, Done done) override
    {
        note("pause", domain);
        find(domain)->isPaused = true;
        done({});
    }

    void requestShutdown(DomId domain, Done done) override
    {
        note("shutdown", domain);
        waitingForGuest.push_back(std::move(done));
    }

    void destroy(DomId domain, Done done) override
    {
        note("destroy", domain);
        if (destroyFails) {
            done(std::unexpected(*destroyFails));
            return;
        }
        std::erase_if(list, [&](const XenDomain &one) {
            return one.id == domain;
        });
        if (holdsDestroys) {
            held.push_back(std::move(done));
            return;
        }
        done({});
    }

    [[nodiscard]] Result<void> tell(DomId domain, const std::string &key, const std::string &value) override
    {
        note("tell " + key + " " + value, domain);
        return {};
    }

    void attachNic(DomId domain, const OrderedNic &nic, Done done) override
    {
        note("attach " + nic.backend.text(), domain);
        done({});
    }

    void detachNic(DomId domain, Done done) override
    {
        note("detach", domain);
        done({});
    }

    void attachDisk(DomId domain, const AttachedDisk &disk, Done done) override
    {
        note("disk " + disk.name + " " + disk.provider.text() + ":" + disk.node.string(), domain);
        if (diskFails) {
            done(std::unexpected(*diskFails));
            return;
        }
        done({});
    }

    void detachDisk(DomId domain, const AttachedDisk &disk, Done done) override
    {
        note("no disk " + disk.name, domain);
        done({});
    }

    [[nodiscard]] Result<std::string> consoleTerminal(DomId) const override
    {
        return terminal;
    }

    [[nodiscard]] std::optional<std::uint64_t> memoryKiB(DomId) const override
    {
        return 1024;
    }

    [[nodiscard]] std::optional<std::chrono::nanoseconds> cpuTime(DomId) const override
    {
        return std::chrono::seconds(1);
    }

    [[nodiscard]] XenDomain *find(DomId domain)
    {
        const auto found = std::ranges::find(list, domain, &XenDomain::id);
        return found == list.end() ? nullptr : &*found;
    }

    /// The guest stopped running; the domain is still there.
    void stopGuest(DomId domain, ShutdownReason reason)
    {
        find(domain)->shutdown = reason;
        Q_EMIT stopped(domain, reason);
    }

    /// Somebody else destroyed it.
    void destroyBehindOurBack(DomId domain)
    {
        std::erase_if(list, [&](const XenDomain &one) {
            return one.id == domain;
        });
        Q_EMIT died(domain);
    }

    XenMachine facts{.canPv = true, .canPvh = true};
    std::vector<XenDomain> list;
    std::vector<BuildOrder> orders;
    std::vector<DomId> watched;
    std::vector<std::string> log; ///< what was asked, in order: `unpause 3`, …
    std::uint32_t lastId = 0;
    std::string terminal = "/dev/pts/7"; ///< of everybody's console
    std::optional<Error> buildFails;
    bool buildLeavesDomain = false; ///< a builder that is killed half-way leaves what it made
    std::optional<Error> destroyFails;
    std::optional<Error> diskFails;
    bool holdsDestroys = false;
    std::vector<Done> held;
    std::vector<Done> waitingForGuest;
    std::function<void(DomId)> duringBuild;
    std::function<void(DomId)> duringUnpause;

private:
    void note(const std::string &what, DomId domain)
    {
        log.push_back(what + " " + std::to_string(domain.value()));
    }
};

} // namespace Bulkhead::Test
