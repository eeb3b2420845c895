// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/driver.h"
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// How a qube is plugged in, as far as its end needs it.
struct PluggedLink {
    DomId provider;
    std::string address;
    std::string address6;  ///< empty: none
    bool isMade = true;    ///< else somebody is about to make it, or died while doing so
    bool isHidden = false; ///< the provider translates its addresses

    [[nodiscard]] static PluggedLink of(const NetworkLink &link)
    {
        return {.provider = link.providerDomain,
                .address = link.address,
                .address6 = link.address6,
                .isHidden = link.isHidden()};
    }

    friend bool operator==(const PluggedLink &, const PluggedLink &) = default;
};

/// The service folders of the local driver, and what is kept in them so that a daemon that was started anew knows what
/// runs. Small files on a file system in memory: nothing here waits.
class QubeUnits
{
public:
    /// @param directory  ours alone; made if it is not there
    explicit QubeUnits(std::filesystem::path directory);

    [[nodiscard]] std::filesystem::path qubeUnit(const QubeName &qube) const;
    [[nodiscard]] std::filesystem::path qrexecUnit(const QubeName &qube) const;

    /// Writes a unit that makes the qube when told to, once: however it ends, it is not started again.
    /// @errors Io, BadValue
    [[nodiscard]] Result<void> writeQubeUnit(const std::filesystem::path &sandbox, const SandboxConfig &config) const;

    /// Writes a unit that keeps the qube's qrexec daemon running.
    /// @param user  who runs it; empty for whoever we are
    /// @errors Io
    [[nodiscard]] Result<void>
    writeQrexecUnit(const std::filesystem::path &daemon, const SandboxConfig &config, const std::string &user) const;

    /// Keeps how the qube is plugged in; nothing means not at all.
    /// @errors Io
    [[nodiscard]] Result<void> writeLink(const QubeName &qube, const std::optional<PluggedLink> &link) const;
    [[nodiscard]] std::optional<PluggedLink> readLink(const QubeName &qube) const;

    /// Keeps that the qube leads outside, until it ends.
    /// @errors Io
    [[nodiscard]] Result<void> markOutside(const QubeName &qube) const;
    [[nodiscard]] bool isOutside(const QubeName &qube) const;

    /// Keeps which disks the qube was given.
    /// @errors Io
    [[nodiscard]] Result<void> writeDisks(const QubeName &qube, const std::vector<AttachedDisk> &disks) const;
    [[nodiscard]] std::vector<AttachedDisk> readDisks(const QubeName &qube) const;

    /// Keeps that the qube is paused, or that it is not.
    /// @errors Io
    [[nodiscard]] Result<void> markPaused(const QubeName &qube, bool paused) const;
    [[nodiscard]] bool isPaused(const QubeName &qube) const;

    /// The start was complete: from now on the qube may be adopted.
    /// @errors Io
    [[nodiscard]] Result<void> markStarted(const QubeName &qube) const;
    [[nodiscard]] bool wasStarted(const QubeName &qube) const;

    /// What process 1's end was: nothing if it ended in order, else words; also words if nobody saw it.
    [[nodiscard]] std::optional<std::string> howItCrashed(const QubeName &qube) const;
    /// Why the sandbox could not be made, if it left word.
    [[nodiscard]] std::optional<std::string> whyItFailed(const QubeName &qube) const;

    /// The qubes that have a unit, running or not. What cannot be read is left out.
    [[nodiscard]] std::vector<SandboxConfig> all() const;

    /// Removes what a daemon that died had only begun to write, or had not wholly removed: nothing runs of it.
    void removeUnfinished() const;

    /// Removes both units' folders; they are no longer supervised.
    /// @errors Io
    [[nodiscard]] Result<void> remove(const QubeName &qube) const;

private:
    std::filesystem::path m_directory;
};

} // namespace Bulkhead
