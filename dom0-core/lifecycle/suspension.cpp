// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/suspension.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/settings/smallfile.h"

#include <memory>
#include <sstream>
#include <system_error>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.sleep");

/// Names of more qubes than can run.
constexpr std::size_t LongestList = std::size_t{1} << 20U;

std::set<std::string> namesIn(const std::string &text)
{
    std::set<std::string> names;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        names.insert(line);
    }
    return names;
}

} // namespace

Suspension::Suspension(Parts parts, std::filesystem::path list, QObject *parent)
    : QObject(parent)
    , m_parts(parts)
    , m_list(std::move(list))
{
}

void Suspension::suspend(Qid id, Done done)
{
    if (m_parts.runner.phaseOf(id) == Lifecycle::Phase::Paused) {
        done({});
        return;
    }
    if (m_parts.runner.phaseOf(id) != Lifecycle::Phase::Running) {
        m_parts.runner.pause(id, std::move(done)); // which says why it cannot be
        return;
    }
    tell(id, "qubes.SuspendPre", [this, id, done = std::move(done)]() mutable {
        m_parts.runner.pause(id, [this, id, done = std::move(done)](Checked<void> paused) mutable {
            if (paused) {
                m_told.insert(id);
            }
            done(std::move(paused));
        });
    });
}

void Suspension::resume(Qid id, Done done)
{
    m_parts.runner.unpause(id, [this, id, done = std::move(done)](Checked<void> unpaused) mutable {
        if (!unpaused || m_told.erase(id) == 0) {
            done(std::move(unpaused));
            return;
        }
        tell(id, "qubes.SuspendPost", [done = std::move(done)]() mutable {
            done({});
        });
    });
}

void Suspension::beforeSleep(Done done)
{
    m_parts.preloader.rest([this, done = std::move(done)]() mutable {
        noteAndSleep(std::move(done));
    });
}

void Suspension::noteAndSleep(Done done)
{
    std::string names;
    for (const Qid id : qubesIn(Lifecycle::Phase::Paused)) {
        names += m_parts.registry.model().find(id)->name.text() + '\n';
    }
    if (const auto written = writeSmallFile(m_list, names, 0600); !written) {
        done(refuse(RefusalKind::General,
                    formatted("Nobody was put to sleep: {} could not be written: {}",
                              m_list.string(),
                              written.error().text())));
        return;
    }
    const auto running = qubesIn(Lifecycle::Phase::Running);
    const auto announce = [this](Qid id, Done told) {
        tell(id, "qubes.SuspendPreAll", [told = std::move(told)]() mutable {
            told({});
        });
    };
    forEach(running, announce, [this, running, done = std::move(done)](const Checked<void> &) mutable {
        const auto sleep = [this](Qid id, Done slept) {
            suspend(id, std::move(slept));
        };
        forEach(running, sleep, std::move(done));
    });
}

void Suspension::afterSleep(Done done)
{
    const auto list = readSmallFile(m_list, LongestList);
    std::error_code error;
    std::filesystem::remove(m_list, error);
    if (!list) {
        Log.warning("the machine woke, but nobody had said that it sleeps: no qube is woken");
        m_parts.preloader.workAgain("system resumed");
        done({});
        return;
    }
    wake(namesIn(*list), std::move(done));
}

void Suspension::wake(const std::set<std::string> &paused, Done done)
{
    auto asleep = qubesIn(Lifecycle::Phase::Paused);
    std::erase_if(asleep, [&](Qid id) {
        return paused.contains(m_parts.registry.model().find(id)->name.text());
    });
    const auto wakeOne = [this](Qid id, Done woken) {
        resume(id, [this, id, woken = std::move(woken)](Checked<void> resumed) mutable {
            if (!resumed) {
                woken(std::move(resumed));
                return;
            }
            tell(id, "qubes.SuspendPostAll", [woken = std::move(woken)]() mutable {
                woken({});
            });
        });
    };
    forEach(asleep, wakeOne, [this, done = std::move(done)](Checked<void> woken) mutable {
        m_parts.preloader.workAgain("system resumed");
        done(std::move(woken));
    });
}

void Suspension::forEach(const std::vector<Qid> &qubes, Each what, Done done)
{
    struct Account {
        std::size_t left;
        std::string failures;
        Done done;
    };

    if (qubes.empty()) {
        done({});
        return;
    }
    const auto account =
        std::make_shared<Account>(Account{.left = qubes.size(), .failures = {}, .done = std::move(done)});
    for (const Qid id : qubes) {
        what(id, [account](const Checked<void> &result) {
            if (!result) {
                account->failures += (account->failures.empty() ? "" : " ") + result.error().message;
            }
            if (--account->left == 0) {
                account->done(account->failures.empty() ? Checked<void>()
                                                        : refuse(RefusalKind::General, account->failures));
            }
        });
    }
}

void Suspension::tell(Qid id, std::string_view service, std::move_only_function<void()> then)
{
    const Model &model = m_parts.registry.model();
    const Qube *const qube = model.find(id);
    if (qube == nullptr || !isFeatureOn(model, *qube, "qrexec", FeatureLookup::Template)) {
        then();
        return;
    }
    m_parts.services.runAsRoot(qube->name,
                               service,
                               {},
                               ServiceLimit,
                               [name = qube->name.text(), service = std::string(service), then = std::move(then)](
                                   const Result<void> &told) mutable {
                                   if (!told) { // most qubes have nothing to do then, and no such service
                                       Log.debug("{}: {}: {}", name, service, told.error().text());
                                   }
                                   then();
                               });
}

std::vector<Qid> Suspension::qubesIn(Lifecycle::Phase phase) const
{
    std::vector<Qid> found;
    for (const auto &[id, qube] : m_parts.registry.model().qubes()) {
        if (id != Dom0Qid && m_parts.runner.phaseOf(id) == phase) {
            found.push_back(id);
        }
    }
    return found;
}

} // namespace Bulkhead
