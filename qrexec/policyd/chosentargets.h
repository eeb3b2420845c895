// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "qrexec/policy/request.h"

#include <cstddef>
#include <deque>
#include <string>

namespace Bulkhead::Qrexec
{

/// Targets that the person has pointed at, as dom0's own programs tell: files were let go over that qube's window. The
/// question that follows has the target chosen (spec ui 8.3.5); what a qube asks for plays no part in that. Nothing is
/// allowed by it. Pure.
class ChosenTargets
{
public:
    /// Until the call comes that the gesture led to.
    static constexpr Duration Life = std::chrono::seconds(30);
    /// At once; a newer one takes the oldest one's place.
    static constexpr std::size_t Most = 16;

    /// @param request  its argument does not count: the call may need another
    void choose(const Policy::Request &request, TimePoint now);
    /// Whether this target was chosen for such a call. Each choice is taken once.
    [[nodiscard]] bool take(const Policy::Request &request, TimePoint now);

private:
    struct Choice {
        std::string source;
        std::string service;
        std::string target;
        TimePoint since;
    };

    std::deque<Choice> m_choices; ///< the oldest first
};

} // namespace Bulkhead::Qrexec
