// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/firewalleditor.h"

#include "base/log.h"
#include "dom0-core/model/hostfacts.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.firewall");

/// The clock on the wall may be set while a timer runs, so no timer is trusted for longer than this.
constexpr std::chrono::seconds LongestNap = std::chrono::minutes(10);

Firewall::Rules inForce(Firewall::Rules rules, std::chrono::sys_seconds now)
{
    std::erase_if(rules, [now](const Firewall::Rule &rule) {
        return rule.isExpired(now);
    });
    return rules;
}

} // namespace

FirewallEditor::FirewallEditor(Registry &registry, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &FirewallEditor::removeExpired);
}

Firewall::Rules FirewallEditor::rulesInForce(Qid id) const
{
    const Model &model = m_registry.model();
    const Qube *const qube = model.find(id);
    BH_ASSERT(qube != nullptr);
    return inForce(rulesOf(*qube), model.host().wallTime());
}

Checked<void> FirewallEditor::set(Qid id, Firewall::Rules rules)
{
    auto current = inForce(std::move(rules), m_registry.model().host().wallTime());
    BH_CHECK(m_registry.commit({Change::SetFirewall{.id = id, .rules = std::move(current)}}));
    reload(id);
    awaitNext();
    return {};
}

void FirewallEditor::reload(Qid id)
{
    const Qube *const qube = m_registry.model().find(id);
    BH_ASSERT(qube != nullptr);
    m_registry.announce(Event{.subject = qube->name, .name = "firewall-changed", .pairs = {}});
}

void FirewallEditor::removeExpired()
{
    const auto now = m_registry.model().host().wallTime();
    std::vector<Qid> expired;
    for (const auto &[id, qube] : m_registry.model().qubes()) {
        if (std::ranges::any_of(rulesOf(qube), [now](const Firewall::Rule &rule) {
                return rule.isExpired(now);
            })) {
            expired.push_back(id);
        }
    }
    for (const Qid id : expired) {
        const auto saved = m_registry.commit(
            {Change::SetFirewall{.id = id, .rules = inForce(rulesOf(*m_registry.model().find(id)), now)}});
        if (!saved) { // they do not count any more all the same
            Log.warning("{}: expired firewall rules could not be removed: {}",
                        m_registry.model().find(id)->name.text(),
                        saved.error().message);
        }
        reload(id);
    }
    awaitNext();
}

void FirewallEditor::awaitNext()
{
    const auto now = m_registry.model().host().wallTime();
    std::optional<std::chrono::seconds> nap;
    for (const auto &[id, qube] : m_registry.model().qubes()) {
        for (const Firewall::Rule &rule : rulesOf(qube)) {
            if (rule.expire) {
                // One that could not be removed is tried again later, not at once.
                const auto left = *rule.expire > now ? *rule.expire - now : LongestNap;
                nap = std::min({nap.value_or(LongestNap), left, LongestNap});
            }
        }
    }
    m_timer.stop();
    if (nap) {
        m_timer.start(*nap);
    }
}

} // namespace Bulkhead
