// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/live/livepolicy.h"

#include "base/log.h"

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.policy.files");

/// The second finds what the first one read; more are needed only while somebody moves folders about.
constexpr int MaxAttempts = 4;

} // namespace

LivePolicy::LivePolicy(Policy::PolicyPaths paths, uid_t owner)
    : m_paths(std::move(paths))
    , m_source(owner)
    , m_state([this] {
        return load();
    })
{
}

Result<std::unique_ptr<LivePolicy>> LivePolicy::create(EventLoop &loop, Policy::PolicyPaths paths, uid_t owner)
{
    std::unique_ptr<LivePolicy> policy(new LivePolicy(std::move(paths), owner));
    BH_TRY(policy->m_watch, DirectoryWatch::create(loop, [&self = *policy] {
               self.m_state.markChanged();
           }));
    return policy;
}

Policy::PolicyState::Outcome LivePolicy::load()
{
    // Watched before it is read: what changes in between is read twice rather than missed. What a load finds to watch
    // beyond that was read before, so it is read again.
    for (int attempt = 0; attempt < MaxAttempts; ++attempt) {
        const std::set<std::string> watched = m_source.directories();
        if (auto watching = m_watch->watch(watched); !watching) {
            Log.warning("{}; a change there is noticed by restarting only", watching.error().text());
        }
        m_source.forget();
        auto outcome = Policy::loadPolicy(m_source, m_paths);
        if (m_source.directories() != watched) {
            continue;
        }
        if (!outcome) {
            Log.critical("every call of a qube is denied until this is put right: {}", outcome.error().text);
            return outcome;
        }
        for (const std::string &warning : outcome->warnings) {
            Log.warning("{}", warning);
        }
        Log.info("{} rules are in force", outcome->rules.all().size());
        return outcome;
    }
    return std::unexpected(Policy::LoadError{.text = "policy files come and go while they are read"});
}

} // namespace Bulkhead::Qrexec
