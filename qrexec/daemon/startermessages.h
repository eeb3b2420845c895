// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/datachannel/serviceend.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// What a daemon and its starter say to each other, one message a packet. Both are the same program.
namespace Bulkhead::Qrexec
{

/// One call of a service of dom0's; the daemon's number for it.
using ServiceId = std::uint32_t;

/// What the starter is to do.
struct ServiceOrder {
    enum class Kind : std::uint8_t {
        Start, ///< a service
        /// A disposable that was made for a call, once the descriptor that comes along has hung up: the connection to
        /// that qube's daemon, which closes it when the call has ended. At once where none comes along. Outlives the
        /// daemon.
        KillAfterwards,
    };

    ServiceId id = 0;
    Kind kind = Kind::Start;
    std::string text = {}; ///< USER:QUBESRPC DESCRIPTOR SOURCE name|keyword TARGET; the disposable's name or `uuid:U`

    friend bool operator==(const ServiceOrder &, const ServiceOrder &) = default;
};

/// How a service is doing.
struct ServiceReport {
    enum class Kind : std::uint8_t {
        Started,       ///< a program; two descriptors come along, its input and its output
        StartedSocket, ///< a socket service; the same, and no Ended follows
        Failed,        ///< was not started; the status says why
        Ended,         ///< the program has ended, with this status; the disposable is gone
    };

    ServiceId id = 0;
    Kind kind = Kind::Failed;
    EndRules rules = {};
    int status = 0; ///< 0 to 255

    [[nodiscard]] bool hasStreams() const noexcept
    {
        return kind == Kind::Started || kind == Kind::StartedSocket;
    }
};

/// Longest order: what a daemon's local client may ask for. Source: spec qrexec, section 19.
inline constexpr std::size_t MaxServiceOrder = 65535;
inline constexpr std::size_t ServiceOrderHead = 8;
inline constexpr std::size_t ServiceReportSize = 16;

[[nodiscard]] std::vector<std::byte> build(const ServiceOrder &order);
/// @errors ShortMessage, BadField
[[nodiscard]] Result<ServiceOrder> parseServiceOrder(std::span<const std::byte> bytes);

[[nodiscard]] std::vector<std::byte> build(const ServiceReport &report);
/// @errors ShortMessage, LongMessage, BadField
[[nodiscard]] Result<ServiceReport> parseServiceReport(std::span<const std::byte> bytes);

} // namespace Bulkhead::Qrexec
