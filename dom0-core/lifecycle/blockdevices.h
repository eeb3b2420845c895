// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/blockdevices.h"

#include <QObject>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace Bulkhead
{

/// Who has which block device now: attaches and detaches them, by hand and as assignments say, follows what qubes
/// publish, and announces all of it. Never looks at what is on a device.
/// @source spec qube-model, 16; admin-api, 8.9
class BlockDevices : public QObject
{
    Q_OBJECT

public:
    /// Called exactly once.
    using Done = Runner::Done;
    /// The devices that a qube publishes at this moment.
    using Source = std::function<std::vector<BlockDevice>(Qid)>;

    /// A device that a qube has.
    struct Attachment {
        enum class State : std::uint8_t { Attaching, Attached, Detaching };

        std::uint64_t number = 0; ///< tells it from others, of the same device in the same qube too
        Qid backend;
        BlockDevice device;   ///< as it was when it was attached
        std::string frontend; ///< its name in the qube
        bool isReadOnly = false;
        bool isCdrom = false;
        State state = State::Attaching;
        bool wasMissed = false; ///< adopted, and not in what its qube has told since
    };

    /// All but `parent` outlive it. Without a source no qube has any.
    BlockDevices(Registry &registry, Runner &runner, Driver &driver, QObject *parent = nullptr);

    /// @param source  outlives it
    void setSource(Source source);
    /// Takes over what is attached already. Once, when domains and source are there.
    void adopt();

    [[nodiscard]] std::vector<BlockDevice> devicesOf(Qid backend) const;
    [[nodiscard]] std::vector<Attachment> attachedTo(Qid frontend) const;
    /// Who has the device; null if nobody.
    [[nodiscard]] const Qube *userOf(Qid backend, const std::string &port) const;

    /// The one device that a key stands for now.
    /// @errors Protocol (none, or more than one), UnrecognizedDevice (another is at that port)
    [[nodiscard]] Checked<BlockDevice> find(const DeviceKey &key) const;

    /// Attaches it to a running qube.
    /// @errors NotRunning, DeviceAlreadyAttached, BadValue (an option), QubeState (the driver's words), and what an
    /// objector says
    void attach(Qid frontend, Qid backend, const BlockDevice &device, const BlockOptions &options, Done done);
    /// @errors DeviceNotAssigned, NotHalted (it is required), QubeState, and what an objector says
    void detach(Qid frontend, const DeviceKey &key, Done done);

private:
    using Attachments = std::vector<Attachment>;

    [[nodiscard]] Checked<void> checkAttach(const Qube &frontend,
                                            const Qube &backend,
                                            const BlockDevice &device,
                                            const BlockOptions &options) const;
    [[nodiscard]] std::set<std::string> takenNames(const Qube &frontend) const;
    void
    onAttached(Qid frontend, const Attachment &wanted, const Result<void> &attached, const TextMap &options, Done done);
    void take(Qid frontend, const Attachment &attachment, Done done);
    [[nodiscard]] Attachment *findAttachment(Qid frontend, std::uint64_t number);
    void forget(Qid frontend, std::uint64_t number);
    /// Whether its qube has the device at this moment.
    [[nodiscard]] bool isPublished(const Qube &backend, const BlockDevice &device) const;

    void adoptDisks(const Qube &frontend);
    void onEvent(const Event &event);
    void onHalted(const Qube &qube);
    void refresh(const Qube &backend);
    void takeMissing(const Qube &backend, const std::vector<BlockDevice> &now);
    void onAdded(const Qube &backend, const BlockDevice &device);

    [[nodiscard]] Checked<void> checkRequired(const Event &event) const;
    void furnish(Qid frontend, Done done);
    void furnishNext(Qid frontend, std::vector<std::pair<DeviceKey, AssignmentSettings>> left, Done done);

    [[nodiscard]] const Model &model() const;
    void announce(const Qube &qube, std::string name, std::vector<std::pair<std::string, std::string>> pairs = {});

    Registry &m_registry;
    Runner &m_runner;
    Driver &m_driver;
    Source m_source;
    std::map<Qid, Attachments> m_attached;           ///< by who has it
    std::uint64_t m_lastNumber = 0;                  ///< of an attachment
    std::map<Qid, std::vector<BlockDevice>> m_known; ///< what was last announced, by who publishes it
};

/// `backend:port` and `backend:port:identity`, as events have them.
[[nodiscard]] std::string portText(const Qube &backend, std::string_view port);
[[nodiscard]] std::string deviceText(const Qube &backend, std::string_view port, std::string_view identity);
/// `{'read-only': 'yes'}`. @source spec admin-api, 3.2
[[nodiscard]] std::string dictionaryText(const TextMap &values);

} // namespace Bulkhead
