// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/blockdevices.h"

#include "base/formatted.h"
#include "dom0-core/model/properties.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

using Attachment = BlockDevices::Attachment;

/// A qube that can be given a device now, or why not.
Checked<void> checkFrontend(const Qube &qube)
{
    if (qube.klass == QubeClass::AdminVM) {
        return refuse(RefusalKind::QubeState, "Devices are not attached to dom0.");
    }
    if (qube.klass == QubeClass::RemoteVM) {
        return refuse(RefusalKind::QubeState,
                      formatted("{} is a qube of another machine: this is done there.", qube.name.text()));
    }
    const bool runs = qube.run.power == PowerState::Running || qube.run.power == PowerState::Transient;
    if (!qube.run.domain || !runs) {
        return refuse(RefusalKind::NotRunning,
                      formatted("{} is not running, so no device can be attached to it. Start it first, or assign "
                                "the device.",
                                qube.name.text()));
    }
    return {};
}

bool isReadOnly(const BlockDevice &device, const BlockOptions &options)
{
    return options.readOnly.value_or(!device.isWritable);
}

} // namespace

BlockDevices::BlockDevices(Registry &registry, Runner &runner, Driver &driver, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_runner(runner)
    , m_driver(driver)
{
    m_registry.addObjector([this](const Event &event) {
        return checkRequired(event);
    });
    m_runner.setFurnish([this](Qid frontend, Done done) {
        furnish(frontend, std::move(done));
    });
    connect(&m_registry, &Registry::announced, this, &BlockDevices::onEvent);
}

void BlockDevices::setSource(Source source)
{
    m_source = std::move(source);
}

std::vector<BlockDevice> BlockDevices::devicesOf(Qid backend) const
{
    return m_source ? m_source(backend) : std::vector<BlockDevice>();
}

std::vector<Attachment> BlockDevices::attachedTo(Qid frontend) const
{
    const auto place = m_attached.find(frontend);
    Attachments attached = place == m_attached.end() ? Attachments() : place->second;
    std::erase_if(attached, [](const Attachment &attachment) {
        return attachment.state == Attachment::State::Attaching;
    });
    return attached;
}

const Qube *BlockDevices::userOf(Qid backend, const std::string &port) const
{
    for (const auto &[frontend, attachments] : m_attached) {
        const bool hasIt = std::ranges::any_of(attachments, [&](const Attachment &attachment) {
            return attachment.backend == backend && attachment.device.port == port;
        });
        if (hasIt) {
            return model().find(frontend);
        }
    }
    return nullptr;
}

Checked<BlockDevice> BlockDevices::find(const DeviceKey &key) const
{
    std::optional<BlockDevice> found;
    bool isOtherThere = false;
    for (const BlockDevice &device : devicesOf(key.backend)) {
        isOtherThere = isOtherThere || (device.port == key.port && device.identity != key.identity);
        if (!isFor(key, key.backend, device)) {
            continue;
        }
        if (found) {
            return refuse(RefusalKind::Protocol, "more than one device is meant");
        }
        found = device;
    }
    if (!found && isOtherThere && key.klass == DeviceClass::Block) {
        return refuse(
            RefusalKind::UnrecognizedDevice,
            formatted("Another device is at {} now, so nothing was done. Look at the list of devices.", key.port));
    }
    if (!found) {
        return refuse(RefusalKind::Protocol, "there is no such device");
    }
    return *std::move(found);
}

Checked<void> BlockDevices::checkAttach(const Qube &frontend,
                                        const Qube &backend,
                                        const BlockDevice &device,
                                        const BlockOptions &options) const
{
    BH_CHECK(checkFrontend(frontend));
    if (frontend.id == backend.id) {
        return refuse(RefusalKind::BadValue, formatted("{} has that device already.", frontend.name.text()));
    }
    if (!backend.run.domain) {
        return refuse(RefusalKind::NotRunning,
                      formatted("{}, which has the device, is not running.", backend.name.text()));
    }
    if (const Qube *const user = userOf(backend.id, device.port)) {
        return refuse(RefusalKind::DeviceAlreadyAttached,
                      formatted("{} is attached to {} already. Detach it there first.",
                                portText(backend, device.port),
                                user->name.text()));
    }
    if (!device.isWritable && options.readOnly == false) {
        return refuse(RefusalKind::BadValue,
                      formatted("{} can only be read: leave the option read-only out, or say yes.",
                                portText(backend, device.port)));
    }
    if (takenNames(frontend).contains(options.frontend)) {
        return refuse(RefusalKind::BadValue,
                      formatted("{} is the name of another disk in {}.", options.frontend, frontend.name.text()));
    }
    return {};
}

std::set<std::string> BlockDevices::takenNames(const Qube &frontend) const
{
    std::set<std::string> taken{"xvda", "xvdb", "xvdc"};
    if (!readText(model(), frontend, "kernel").empty()) {
        taken.emplace("xvdd");
    }
    if (const auto place = m_attached.find(frontend.id); place != m_attached.end()) {
        for (const Attachment &attachment : place->second) {
            taken.insert(attachment.frontend);
        }
    }
    return taken;
}

void BlockDevices::attach(
    Qid frontendId, Qid backendId, const BlockDevice &device, const BlockOptions &options, Done done)
{
    const Qube *const frontend = model().find(frontendId);
    const Qube *const backend = model().find(backendId);
    if (frontend == nullptr || backend == nullptr) {
        done(refuse(RefusalKind::QubeNotFound, "There is no such qube any more."));
        return;
    }
    if (auto possible = checkAttach(*frontend, *backend, device, options); !possible) {
        done(std::move(possible));
        return;
    }
    const auto domain = frontend->run.domain;
    const auto provider = backend->run.domain;
    BH_ASSERT(domain && provider); // both run, or it would not be possible
    const Attachment wanted{.number = ++m_lastNumber,
                            .backend = backendId,
                            .device = device,
                            .frontend = options.frontend.empty()
                                ? freeFrontendName(takenNames(*frontend), options.isCdrom)
                                : options.frontend,
                            .isReadOnly = isReadOnly(device, options),
                            .isCdrom = options.isCdrom};
    if (wanted.frontend.empty()) {
        done(refuse(RefusalKind::QubeState, formatted("{} has too many disks.", frontend->name.text())));
        return;
    }
    if (auto agreed = m_registry.propose(Event{.subject = frontend->name,
                                               .name = "device-pre-attach:block",
                                               .pairs = {{"device", deviceText(*backend, device.port, device.identity)},
                                                         {"options", dictionaryText(textOf(options))}}});
        !agreed) {
        done(std::move(agreed));
        return;
    }
    m_attached[frontendId].push_back(wanted);
    m_driver.attachDisk(*domain,
                        {.provider = backend->name,
                         .providerDomain = *provider,
                         .node = nodeOf(device.port),
                         .name = wanted.frontend,
                         .writable = !wanted.isReadOnly,
                         .isCdrom = wanted.isCdrom},
                        [this, frontendId, wanted, options, done = std::move(done)](Result<void> attached) mutable {
                            if (attached) {
                                if (Attachment *const kept = findAttachment(frontendId, wanted.number)) {
                                    kept->state = Attachment::State::Attached;
                                } else {
                                    attached = fail(Errc::NotFound, "it ended meanwhile");
                                }
                            }
                            onAttached(frontendId, wanted, attached, textOf(options), std::move(done));
                        });
}

void BlockDevices::onAttached(
    Qid frontendId, const Attachment &wanted, const Result<void> &attached, const TextMap &options, Done done)
{
    const Qube *const frontend = model().find(frontendId);
    const Qube *const backend = model().find(wanted.backend);
    if (!attached || frontend == nullptr || backend == nullptr) {
        forget(frontendId, wanted.number);
        done(refuse(RefusalKind::QubeState,
                    formatted("The device could not be attached: {}.",
                              attached ? std::string("the qube is gone") : attached.error().text())));
        return;
    }
    announce(*frontend,
             "device-attach:block",
             {{"device", deviceText(*backend, wanted.device.port, wanted.device.identity)},
              {"options", dictionaryText(options)}});
    if (!isPublished(*backend, wanted.device)) { // it ended, or lost the device, while it lent it
        take(frontendId, wanted, std::move(done));
        return;
    }
    done({});
}

void BlockDevices::detach(Qid frontendId, const DeviceKey &key, Done done)
{
    const Qube *const frontend = model().find(frontendId);
    Attachments meant = attachedTo(frontendId);
    std::erase_if(meant, [&key](const Attachment &attachment) {
        return !isFor(key, attachment.backend, attachment.device);
    });
    if (frontend == nullptr || meant.size() != 1 || meant.front().state == Attachment::State::Detaching) {
        done(refuse(RefusalKind::DeviceNotAssigned, "That device is not attached to the qube."));
        return;
    }
    const Attachment &attachment = meant.front();
    const auto *const assignment = assignmentFor(frontend->assignments, attachment.backend, attachment.device);
    if (assignment != nullptr && assignment->second.mode == AssignmentMode::Required) {
        done(refuse(RefusalKind::NotHalted,
                    formatted("{} does not run without that device. Shut it down first, or change the assignment.",
                              frontend->name.text())));
        return;
    }
    const Qube *const backend = model().find(attachment.backend);
    if (auto agreed = m_registry.propose(Event{.subject = frontend->name,
                                               .name = "device-pre-detach:block",
                                               .pairs = {{"port", portText(*backend, attachment.device.port)}}});
        !agreed) {
        done(std::move(agreed));
        return;
    }
    take(frontendId, attachment, std::move(done));
}

/// The qube may have ended, and run and have the device again, and the device may have gone, by the time the driver
/// answers.
void BlockDevices::take(Qid frontendId, const Attachment &attachment, Done done)
{
    Attachment *const kept = findAttachment(frontendId, attachment.number);
    const Qube *const frontend = model().find(frontendId);
    if (kept == nullptr || frontend == nullptr || !frontend->run.domain) {
        done({});
        return;
    }
    kept->state = Attachment::State::Detaching;
    m_driver.detachDisk(
        *frontend->run.domain,
        attachment.frontend,
        [this, frontendId, attachment, done = std::move(done)](const Result<void> &detached) mutable {
            Attachment *const left = findAttachment(frontendId, attachment.number);
            const Qube *const user = model().find(frontendId);
            const Qube *const provider = model().find(attachment.backend);
            if (left == nullptr || user == nullptr) { // its end was told already
                done({});
                return;
            }
            const bool isProviderThere = provider != nullptr && provider->run.domain;
            if (!detached && isProviderThere) {
                left->state = Attachment::State::Attached;
                done(refuse(RefusalKind::QubeState,
                            formatted("The device could not be detached: {}.", detached.error().text())));
                return;
            }
            forget(frontendId, attachment.number);
            if (provider != nullptr) {
                announce(*user, "device-detach:block", {{"port", portText(*provider, attachment.device.port)}});
            }
            done({});
        });
}

Attachment *BlockDevices::findAttachment(Qid frontend, std::uint64_t number)
{
    const auto attachments = m_attached.find(frontend);
    if (attachments == m_attached.end()) {
        return nullptr;
    }
    const auto place = std::ranges::find(attachments->second, number, &Attachment::number);
    return place == attachments->second.end() ? nullptr : &*place;
}

void BlockDevices::forget(Qid frontend, std::uint64_t number)
{
    std::erase_if(m_attached[frontend], [number](const Attachment &attachment) {
        return attachment.number == number;
    });
}

const Model &BlockDevices::model() const
{
    return m_registry.model();
}

void BlockDevices::announce(const Qube &qube, std::string name, std::vector<std::pair<std::string, std::string>> pairs)
{
    m_registry.announce(Event{.subject = qube.name, .name = std::move(name), .pairs = std::move(pairs)});
}

std::string portText(const Qube &backend, std::string_view port)
{
    return formatted("{}:{}", backend.name.text(), port);
}

std::string deviceText(const Qube &backend, std::string_view port, std::string_view identity)
{
    return formatted("{}:{}:{}", backend.name.text(), port, identity);
}

std::string dictionaryText(const TextMap &values)
{
    std::string text;
    for (const auto &[name, value] : values) {
        text += formatted("{}'{}': '{}'", text.empty() ? "" : ", ", name, value);
    }
    return formatted("{{{}}}", text);
}

} // namespace Bulkhead
