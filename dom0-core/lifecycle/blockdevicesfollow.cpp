// SPDX-License-Identifier: GPL-2.0-or-later
// What happens to block devices without anybody asking: qubes start and end, devices come and go.
#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/lifecycle/blockdevices.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

using Attachment = BlockDevices::Attachment;

constexpr LogCategory Log("bulkhead.core.devices");

constexpr std::string_view PublishedEvent = "domain-qdb-change:/qubes-block-devices";

bool isSame(const BlockDevice &one, const BlockDevice &other)
{
    return one.port == other.port && one.identity == other.identity;
}

bool holds(const std::vector<BlockDevice> &devices, const BlockDevice &wanted)
{
    return std::ranges::any_of(devices, [&wanted](const BlockDevice &device) {
        return isSame(device, wanted);
    });
}

/// As nodeOf(), backwards.
std::string portAt(const std::filesystem::path &node)
{
    std::string port = node.lexically_relative("/dev").string();
    std::ranges::replace(port, '/', '_');
    return port;
}

std::string wordsFor(const Model &model, const DeviceKey &key)
{
    const Qube *const backend = model.find(key.backend);
    return deviceText(*backend, key.port, key.identity);
}

} // namespace

void BlockDevices::adopt()
{
    for (const auto &[id, qube] : model().qubes()) {
        if (qube.run.domain) {
            m_known.insert_or_assign(id, devicesOf(id));
        }
    }
    for (const auto &[id, qube] : model().qubes()) {
        if (id != Dom0Qid && qube.run.domain) {
            adoptDisks(qube);
        }
    }
}

void BlockDevices::adoptDisks(const Qube &frontend)
{
    for (const AttachedDisk &disk : m_driver.attachedDisks(*frontend.run.domain)) {
        const Qube *const backend = model().find(disk.provider.text());
        if (backend == nullptr || backend->run.domain != disk.providerDomain) {
            m_driver.detachDisk(
                *frontend.run.domain, disk.name, [name = frontend.name, disk](const Result<void> &detached) {
                    Log.warning("{}: {} of {} was still attached although that has ended{}",
                                name.text(),
                                disk.name,
                                disk.provider.text(),
                                detached ? "" : ", and could not be detached");
                });
            continue;
        }
        BlockDevice device;
        device.port = portAt(disk.node);
        device.identity = UnknownIdentity;
        const auto now = devicesOf(backend->id);
        if (const auto place = std::ranges::find(now, device.port, &BlockDevice::port); place != now.end()) {
            device = *place;
        }
        m_attached[frontend.id].push_back({.number = ++m_lastNumber,
                                           .backend = backend->id,
                                           .device = std::move(device),
                                           .frontend = disk.name,
                                           .isReadOnly = !disk.writable,
                                           .isCdrom = disk.isCdrom,
                                           .state = Attachment::State::Attached});
    }
}

bool BlockDevices::isPublished(const Qube &backend, const BlockDevice &device) const
{
    return backend.run.domain && holds(devicesOf(backend.id), device);
}

void BlockDevices::onEvent(const Event &event)
{
    const Qube *const subject = event.subject ? model().find(event.subject->text()) : nullptr;
    if (subject == nullptr) {
        return;
    }
    if (event.name == PublishedEvent) {
        refresh(*subject);
    } else if (event.name == "domain-shutdown") {
        onHalted(*subject);
    }
}

void BlockDevices::onHalted(const Qube &qube)
{
    for (const Attachment &attachment : std::exchange(m_attached[qube.id], {})) {
        const Qube *const backend = model().find(attachment.backend);
        if (backend != nullptr && attachment.state != Attachment::State::Attaching) {
            announce(qube, "device-detach:block", {{"port", portText(*backend, attachment.device.port)}});
        }
    }
    refresh(qube); // what it published has gone with it
}

void BlockDevices::refresh(const Qube &backend)
{
    const Qid id = backend.id;
    const std::vector<BlockDevice> now = backend.run.domain ? devicesOf(id) : std::vector<BlockDevice>();
    const std::vector<BlockDevice> before = std::exchange(m_known[id], now);
    if (now != before) {
        announce(backend, "device-list-change:block");
    }
    for (const BlockDevice &device : before) {
        if (!holds(now, device)) {
            announce(backend, "device-removed:block", {{"port", portText(backend, device.port)}});
        }
    }
    takeMissing(backend, now);
    for (const BlockDevice &device : now) {
        if (!holds(before, device)) {
            onAdded(backend, device);
        }
    }
}

/// Attachments of devices that are not there any more, or are others now.
void BlockDevices::takeMissing(const Qube &backend, const std::vector<BlockDevice> &now)
{
    std::vector<std::pair<Qid, Attachment>> gone;
    for (auto &[frontend, attachments] : m_attached) {
        for (Attachment &attachment : attachments) {
            if (attachment.backend != backend.id || attachment.state != Attachment::State::Attached) {
                continue;
            }
            const auto place = std::ranges::find(now, attachment.device.port, &BlockDevice::port);
            // Adopted before the qube had told of its devices: it tells of them one by one, and that the list changed
            // perhaps before the list.
            if (attachment.device.identity == UnknownIdentity && backend.run.domain) {
                if (place != now.end()) {
                    attachment.device = *place;
                }
                if (!std::exchange(attachment.wasMissed, true)) {
                    continue;
                }
            }
            if (place == now.end() || !isSame(*place, attachment.device)) {
                gone.emplace_back(frontend, attachment);
            }
        }
    }
    for (const auto &[frontend, attachment] : gone) {
        take(frontend, attachment, [port = portText(backend, attachment.device.port)](const Checked<void> &taken) {
            if (!taken) {
                Log.warning("{} has gone and is attached all the same: {}", port, taken.error().message);
            }
        });
    }
}

void BlockDevices::onAdded(const Qube &backend, const BlockDevice &device)
{
    announce(backend, "device-added:block", {{"device", deviceText(backend, device.port, device.identity)}});
    const Qube *taker = nullptr;
    const AssignmentMap::value_type *assignment = nullptr;
    for (const auto &[id, qube] : model().qubes()) {
        const auto *const own = assignmentFor(qube.assignments, backend.id, device);
        if (own == nullptr || own->second.mode == AssignmentMode::AskToAttach || !qube.run.domain) {
            continue;
        }
        if (taker != nullptr) {
            Log.warning("{}: {} is for more than one running qube, so it is attached to none",
                        backend.name.text(),
                        device.port);
            return;
        }
        taker = &qube;
        assignment = own;
    }
    if (taker == nullptr || userOf(backend.id, device.port) != nullptr) {
        return;
    }
    const auto options = parseBlockOptions(assignment->second.options);
    if (!options) {
        return; // none that was checked when it was stored
    }
    attach(taker->id,
           backend.id,
           device,
           *options,
           [name = taker->name, port = portText(backend, device.port)](const Checked<void> &attached) {
               if (!attached) {
                   Log.warning(
                       "{}: {} is assigned and was not attached: {}", name.text(), port, attached.error().message);
               }
           });
}

/// Before anything of a start is done. @source spec qube-model, 9.2 step 5
Checked<void> BlockDevices::checkRequired(const Event &event) const
{
    const Qube *const qube =
        event.name == "domain-pre-start" && event.subject ? model().find(event.subject->text()) : nullptr;
    if (qube == nullptr) {
        return {};
    }
    for (const auto &[key, settings] : qube->assignments) {
        if (settings.mode != AssignmentMode::Required) {
            continue;
        }
        const auto devices = devicesOf(key.backend);
        const auto place = std::ranges::find_if(devices, [&key](const BlockDevice &device) {
            return isFor(key, key.backend, device);
        });
        if (place == devices.end()) {
            return refuse(RefusalKind::QubeState,
                          formatted("{} is not started: it requires the device {}, which is not there. Plug it in, "
                                    "start the qube that has it, or change the assignment.",
                                    qube->name.text(),
                                    wordsFor(model(), key)));
        }
        if (const Qube *const user = userOf(key.backend, place->port)) {
            return refuse(RefusalKind::QubeState,
                          formatted("{} is not started: it requires the device {}, which {} has now. Detach it there "
                                    "first.",
                                    qube->name.text(),
                                    wordsFor(model(), key),
                                    user->name.text()));
        }
    }
    return {};
}

void BlockDevices::furnish(Qid frontend, Done done)
{
    const Qube *const qube = model().find(frontend);
    std::vector<std::pair<DeviceKey, AssignmentSettings>> wanted;
    if (qube != nullptr) {
        for (const auto &[key, settings] : qube->assignments) {
            if (key.klass == DeviceClass::Block && settings.mode != AssignmentMode::AskToAttach) {
                wanted.emplace_back(key, settings);
            }
        }
    }
    // The most exact ones choose first, so they are at the end.
    std::ranges::stable_sort(wanted, {}, [](const auto &entry) {
        return specificityOf(entry.first);
    });
    furnishNext(frontend, std::move(wanted), std::move(done));
}

void BlockDevices::furnishNext(Qid frontend, std::vector<std::pair<DeviceKey, AssignmentSettings>> left, Done done)
{
    while (!left.empty()) {
        const auto [key, settings] = std::move(left.back());
        left.pop_back();
        auto devices = devicesOf(key.backend);
        std::erase_if(devices, [&](const BlockDevice &device) {
            return !isFor(key, key.backend, device) || userOf(key.backend, device.port) != nullptr;
        });
        const auto options = parseBlockOptions(settings.options);
        const auto attached = attachedTo(frontend);
        const bool hasOne = std::ranges::any_of(attached, [&key](const Attachment &attachment) {
            return isFor(key, attachment.backend, attachment.device);
        });
        const bool isRequired = settings.mode == AssignmentMode::Required && !hasOne;
        if (hasOne || devices.empty() || !options) {
            if (isRequired) {
                done(refuse(RefusalKind::QubeState,
                            formatted("The device {} is required and went away while the qube was starting.",
                                      wordsFor(model(), key))));
                return;
            }
            continue;
        }
        attach(frontend,
               key.backend,
               devices.front(),
               *options,
               [this, frontend, isRequired, left = std::move(left), done = std::move(done)](
                   Checked<void> outcome) mutable {
                   const Qube *const qube = model().find(frontend);
                   if (!outcome && isRequired) {
                       done(std::move(outcome));
                       return;
                   }
                   if (!outcome && qube != nullptr) {
                       Log.warning(
                           "{}: an assigned device was not attached: {}", qube->name.text(), outcome.error().message);
                   }
                   furnishNext(frontend, std::move(left), std::move(done));
               });
        return;
    }
    done({});
}

} // namespace Bulkhead
