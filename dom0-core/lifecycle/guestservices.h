// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"

#include <chrono>
#include <functional>
#include <string_view>

namespace Bulkhead
{

/// Runs services of qubes, as dom0 does: over qrexec, or imagined in tests.
class GuestServices
{
public:
    using Done = std::move_only_function<void(Result<void>)>;

    GuestServices() = default;
    GuestServices(const GuestServices &) = delete;
    GuestServices &operator=(const GuestServices &) = delete;
    virtual ~GuestServices() = default;

    /// Runs the service as the qube's default user, with nothing to read, and calls `done` once, later: without error
    /// if it ended well. What it says is thrown away.
    /// @errors Driver (it failed, or there is none), TimedOut
    virtual void run(const QubeName &qube, std::string_view service, std::chrono::seconds limit, Done done) = 0;
    /// The same as root, with `input` to read.
    virtual void runAsRoot(const QubeName &qube,
                           std::string_view service,
                           std::string_view input,
                           std::chrono::seconds limit,
                           Done done) = 0;
};

} // namespace Bulkhead
