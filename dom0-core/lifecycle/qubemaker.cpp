// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/qubemaker.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/lifecycle/domainconfig.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/references.h"

#include <memory>
#include <system_error>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.qubes");

Event ofApplication(std::string name, const QubeName &qube)
{
    return {.subject = std::nullopt, .name = std::move(name), .pairs = {{"vm", qube.text()}}};
}

} // namespace

QubeMaker::QubeMaker(Registry &registry, Runner &runner, Pool &pool, Random random, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_runner(runner)
    , m_pool(pool)
    , m_random(random)
    , m_dispids(std::move(random), clock)
{
}

Checked<std::uint32_t> QubeMaker::nextDispid()
{
    const auto dispid = m_dispids.pick(m_registry.model());
    if (!dispid) {
        return refuse(RefusalKind::General,
                      formatted("All {} numbers for disposables are in use. Remove some first.", DispidCount));
    }
    return *dispid;
}

void QubeMaker::create(CheckedNewQube wanted, const QubeName &creator, Done done)
{
    if (wanted.klass == QubeClass::DispVM && !wanted.dispid) {
        const auto dispid = nextDispid();
        if (!dispid) {
            done(std::unexpected(dispid.error()));
            return;
        }
        wanted.dispid = *dispid;
    }
    Creation creation = creationOf(m_registry.model(), wanted, Uuid::fromRandom(m_random()), creator);
    if (auto saved = m_registry.commit(std::move(creation.changes)); !saved) {
        done(std::move(saved));
        return;
    }
    m_registry.announce(ofApplication("domain-add", wanted.name));
    for (const std::string &tag : creation.announcedTags) {
        m_registry.announce(
            Event{.subject = wanted.name, .name = formatted("domain-tag-add:{}", tag), .pairs = {{"tag", tag}}});
    }
    // Nobody else can hold a qube that is just being born, but those who heard of it may already want to start it.
    m_runner.locks().acquire(wanted.id, [this, id = wanted.id, done = std::move(done)](QubeLock::Hold hold) mutable {
        makeVolumes(id, std::move(done), std::move(hold));
    });
}

void QubeMaker::makeVolumes(Qid id, Done done, QubeLock::Hold hold)
{
    const Qube &qube = *m_registry.model().find(id);
    if (!isLocalGuest(qube.klass)) {
        onCreated(id, {}, std::move(done));
        return;
    }
    m_pool.create(volumesOf(m_registry.model(), qube),
                  [this, id, done = std::move(done), hold = std::move(hold)](const Result<void> &created) mutable {
                      onCreated(id, created, std::move(done));
                  });
}

void QubeMaker::onCreated(Qid id, const Result<void> &created, Done done)
{
    const QubeName name = m_registry.model().find(id)->name;
    if (!created) {
        m_registry.announce(ofApplication("domain-pre-delete", name));
        if (auto removed = m_registry.commit({Change::RemoveQube{.id = id}}); !removed) {
            Log.critical("{}: half made and could not be removed: {}", name.text(), removed.error().message);
        }
        m_registry.announce(ofApplication("domain-delete", name));
        done(refuse(RefusalKind::Storage,
                    formatted("The storage of {} could not be made, so there is no such qube: {}.",
                              name.text(),
                              created.error().text())));
        return;
    }
    if (auto saved = m_registry.commit({Change::SetStage{.id = id, .stage = QubeStage::Ready}}); !saved) {
        done(std::move(saved));
        return;
    }
    m_registry.announce(Event{.subject = name, .name = "domain-create-on-disk", .pairs = {}});
    Log.info("{}: created", name.text());
    done({});
}

void QubeMaker::remove(Qid id, Done done)
{
    m_runner.locks().acquire(id, [this, id, done = std::move(done)](QubeLock::Hold hold) mutable {
        removeStopped(id, [done = std::move(done), hold = std::move(hold)](Checked<void> removed) mutable {
            done(std::move(removed));
        });
    });
}

void QubeMaker::removeStopped(Qid id, Done done)
{
    const Qube *const qube = m_registry.model().find(id);
    if (qube == nullptr) {
        done(refuse(RefusalKind::QubeNotFound, "The qube is removed already."));
        return;
    }
    const Event announced = ofApplication("domain-pre-delete", qube->name);
    auto allowed = checkRemoval(m_registry.model(), *qube);
    if (allowed) {
        allowed = m_registry.propose(announced);
    }
    if (!allowed) {
        done(std::move(allowed));
        return;
    }
    const Qube gone = *qube;
    const VolumeSet volumes = volumesOf(m_registry.model(), gone);
    if (gone.klass == QubeClass::DispVM) {
        m_dispids.rest(static_cast<std::uint32_t>(readInteger(m_registry.model(), gone, "dispid")));
    }
    if (auto saved = m_registry.commit({Change::SetStage{.id = id, .stage = QubeStage::Removing}}); !saved) {
        done(std::move(saved));
        return;
    }
    m_registry.announce(ofApplication("domain-delete", gone.name));
    if (!isLocalGuest(gone.klass)) {
        done(m_registry.commit({Change::RemoveQube{.id = id}}));
        return;
    }
    removeVolumes(id, volumes, std::move(done));
}

void QubeMaker::removeVolumes(Qid id, VolumeSet volumes, Done done)
{
    m_pool.remove(
        volumes, [this, id, name = volumes.qube, done = std::move(done)](const Result<void> &removed) mutable {
            if (!removed) {
                Log.warning("{}: removed, but not all of its storage: {}", name.text(), removed.error().text());
            }
            Log.info("{}: removed", name.text());
            done(m_registry.commit({Change::RemoveQube{.id = id}}));
        });
}

void QubeMaker::importRoot(Qid id, RootFrom how, const std::filesystem::path &source, Done done)
{
    const Qube *const qube = m_registry.model().find(id);
    if (qube == nullptr || (qube->klass != QubeClass::TemplateVM && qube->klass != QubeClass::StandaloneVM)) {
        done(refuse(RefusalKind::BadValue,
                    "Only a TemplateVM or a StandaloneVM gets its root from a directory or an image."));
        return;
    }
    std::error_code code;
    const bool isThere = std::filesystem::is_directory(source, code) || std::filesystem::is_regular_file(source, code);
    if (source.native().contains('\0') || !source.is_absolute() || !isThere) {
        done(refuse(RefusalKind::BadValue,
                    formatted("{} is not the full path of a directory or an image in dom0.", source.string())));
        return;
    }
    m_runner.locks().acquire(id, [this, id, how, source, done = std::move(done)](QubeLock::Hold hold) mutable {
        const Qube *const halted = m_registry.model().find(id);
        if (halted == nullptr || !halted->isHalted()) {
            done(refuse(RefusalKind::NotHalted, "The qube must be there and halted while its root changes."));
            return;
        }
        if (how == RootFrom::InPlace) {
            done(m_registry.commit({Change::SetRootInPlace{.id = id, .path = source}}));
            return;
        }
        importLocked(*halted, source, std::move(done), std::move(hold));
    });
}

void QubeMaker::importLocked(const Qube &qube, const std::filesystem::path &source, Done done, QubeLock::Hold hold)
{
    VolumeSet volumes = volumesOf(m_registry.model(), qube);
    for (Volume &volume : volumes.volumes) {
        volume.inPlace.clear();
    }
    m_pool.importRoot(
        volumes,
        source,
        [this, id = qube.id, done = std::move(done), hold = std::move(hold)](const Result<void> &copied) mutable {
            if (!copied) {
                done(refuse(
                    RefusalKind::Storage,
                    formatted("The root could not be copied, so nothing was changed: {}.", copied.error().text())));
                return;
            }
            done(m_registry.commit({Change::SetRootInPlace{.id = id, .path = {}}}));
        });
}

void QubeMaker::finishInterrupted()
{
    for (const Change::AddQube &qube : m_registry.takeInterrupted()) {
        m_pool.remove(volumesOf(m_registry.model(), qube), [this, qube](const Result<void> &removed) {
            if (!removed) {
                Log.warning("{}: what was left of its storage stays: {}", qube.name.text(), removed.error().text());
            }
            if (auto forgotten = m_registry.commit({Change::RemoveQube{.id = qube.id}}); !forgotten) {
                Log.critical("{}: {}", qube.name.text(), forgotten.error().message);
            }
            Log.info("{}: its creation or removal was interrupted; it is gone now", qube.name.text());
        });
    }
}

} // namespace Bulkhead
