// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/programrun.h"
#include "dom0-core/guest/network/settings.h"

#include <memory>
#include <string>

namespace Bulkhead::GuestNetwork
{

/// Has the script that plugs clients in on Xen translate anew what clients are told, whenever that is another: dom0's
/// words come by QubesDB and an interface by xenstore, and it may be the words that are late. On the local driver there
/// is nothing for the script to do, and it does nothing.
class Retelling
{
public:
    /// @param loop    outlives the object
    /// @param script  is run with the word `retell`; one that takes longer than half a minute is killed
    Retelling(EventLoop &loop, std::string script);

    /// @param mapped  what stands below MappedTree now
    void follow(const Keys &mapped);

private:
    void runIfStale();

    EventLoop &m_loop;
    std::string m_script;
    Keys m_mapped;
    bool m_isStale = false; ///< interfaces may not be as m_mapped says
    std::unique_ptr<ProgramRun> m_run;
};

} // namespace Bulkhead::GuestNetwork
