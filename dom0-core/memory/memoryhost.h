// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <QObject>

#include <cstdint>
#include <optional>
#include <vector>

namespace Bulkhead::Memory
{

/// The hypervisor, as the balancer needs it. Implementations: Xen, fake (tests). Main thread only, never blocks.
class MemoryHost : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    struct Size {
        DomId id;
        std::uint64_t current = 0; ///< bytes that it has
        std::uint64_t most = 0;    ///< bytes that it can ever have
    };

    /// Every domain, dom0 and other people's too.
    /// @errors Driver
    [[nodiscard]] virtual Result<std::vector<Size>> sizes() const = 0;
    /// Bytes of the whole machine, of which dom0 sees its own part only. @errors Driver
    [[nodiscard]] virtual Result<std::uint64_t> totalBytes() const = 0;
    /// Bytes that no domain has. @errors Driver
    [[nodiscard]] virtual Result<std::uint64_t> freeBytes() const = 0;
    /// Tells Xen and the domain what it is to have; it gets there in its own time.
    /// @errors Driver
    [[nodiscard]] virtual Result<void> setTarget(DomId domain, std::uint64_t bytes) = 0;

Q_SIGNALS:
    /// A domain says what it uses, in bytes; nothing if what it says is no number, or it says nothing any more.
    void usedChanged(Bulkhead::DomId domain, std::optional<std::uint64_t> used);
    /// A domain came or went.
    void domainsChanged();
};

} // namespace Bulkhead::Memory
