// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/loader.h"

#include <expected>
#include <functional>
#include <optional>

namespace Bulkhead::Policy
{

/// Which policy is in force. A policy that cannot be read is none: everything is denied until one can, and there is no
/// way back to what was in force before. Source: spec policy, section 11.
class PolicyState
{
public:
    using Outcome = std::expected<LoadedPolicy, LoadError>;
    using Load = std::move_only_function<Outcome()>;

    /// Nothing was read yet.
    explicit PolicyState(Load load)
        : m_load(std::move(load))
    {
    }

    /// Some file is not as it was: the next request sees what it is now.
    void markChanged() noexcept
    {
        m_isCurrent = false;
    }

    /// The policy for a request that comes now. Reads it if files have changed, and each time while it cannot be read.
    /// Valid until the next call.
    [[nodiscard]] const Outcome &current();

    /// How often files were read, for those who tell the world of a change.
    [[nodiscard]] std::uint64_t generation() const noexcept
    {
        return m_generation;
    }

private:
    Load m_load;
    Outcome m_outcome = std::unexpected(LoadError{.text = "no policy was read yet"});
    bool m_isCurrent = false;
    std::uint64_t m_generation = 0;
};

} // namespace Bulkhead::Policy
