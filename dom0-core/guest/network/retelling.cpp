// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/retelling.h"

#include "base/log.h"

#include <utility>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr LogCategory Log("bulkhead.network.retelling");

} // namespace

Retelling::Retelling(EventLoop &loop, std::string script)
    : m_loop(loop)
    , m_script(std::move(script))
{
}

void Retelling::follow(const Keys &mapped)
{
    if (mapped != m_mapped) {
        m_mapped = mapped;
        m_isStale = true;
        runIfStale();
    }
}

void Retelling::runIfStale()
{
    if (m_run || !std::exchange(m_isStale, false)) {
        return;
    }
    m_run = std::make_unique<ProgramRun>(
        m_loop, ProgramCall{.path = m_script, .words = {"retell"}}, [this](const Result<std::string> &outcome) {
            if (!outcome) {
                Log.warning("what clients are told is translated as before: {}", outcome.error().text());
            }
            m_loop.defer([this] { // the run is on the stack
                m_run.reset();
                runIfStale();
            });
        });
}

} // namespace Bulkhead::GuestNetwork
