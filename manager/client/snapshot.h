// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/label.h"
#include "manager/client/qubetraits.h"

#include <QHash>
#include <QString>

#include <cstdint>
#include <optional>

namespace Bulkhead
{

/// What a qube is doing, as the core says it.
enum class QubeState : std::uint8_t {
    Halted,
    Starting, ///< the core's `Transient`
    Running,
    Paused,
    Suspended,
    ShuttingDown, ///< the core's `Halting` and `Dying`
    Crashed,
    NotApplicable, ///< of another computer
    Unknown,       ///< a word of a newer core, shown as it is
};

/// What sort of qube it is.
enum class QubeKind : std::uint8_t {
    Admin,
    Application,
    Template,
    Standalone,
    Disposable,
    NamedDisposable,
    DisposableTemplate,
    Remote,
    Unknown, ///< a class of a newer core, shown as it is
};

/// Everything the windows know of one qube; a value, replaced as a whole. Until `hasDetails` only the members above it
/// are known.
struct QubeInfo {
    QString name;
    QString uuid;      ///< stays the same whatever else of the qube changes; empty: the core does not tell
    QString className; ///< "AppVM", as the core spells it
    QString stateText; ///< "Running", as the core spells it
    QubeState state = QubeState::Halted;
    QubeKind kind = QubeKind::Unknown;

    bool hasDetails = false;
    QString label;
    QString templateName; ///< empty: has none
    QString netQube;      ///< empty: no network
    bool netQubeIsDefault = false;
    bool providesNetwork = false;
    std::optional<bool> leadsOutside; ///< by itself, while it has no net qube; nothing: the core does not tell
    bool startsAtBoot = false;
    std::uint32_t memoryMiB = 0;    ///< what it gets at start
    std::uint32_t maxMemoryMiB = 0; ///< 0: no balancing
    std::int64_t domId = -1;        ///< -1 while it does not run
    QString guiQube;                ///< whose desktop shows its windows; empty: nobody's
    QString audioQube;              ///< who plays what it plays; empty: nobody
    bool hasGui = true;             ///< feature `gui` not switched off
    QubeTraits traits;              ///< known a moment later than the rest where the core tells it call by call

    friend bool operator==(const QubeInfo &, const QubeInfo &) = default;
};

/// A label of the core.
struct LabelInfo {
    QString name;
    std::uint32_t index = 0; ///< the core's number, which also chooses the glyph
    LabelColor color;

    friend bool operator==(const LabelInfo &, const LabelInfo &) = default;
};

/// What a new qube gets when nobody chooses, and what counts for the system as a whole.
struct SystemDefaults {
    QString templateName;
    QString netQube;
    QString updateQube = {}; ///< through which dom0 gets its updates; empty: none

    friend bool operator==(const SystemDefaults &, const SystemDefaults &) = default;
};

/// One property, as `admin.vm.property.GetAll` lists it.
struct PropertyValue {
    QString value;
    bool isDefault = true;

    friend bool operator==(const PropertyValue &, const PropertyValue &) = default;
};

using Properties = QHash<QString, PropertyValue>;

/// Whether a qube without a net qube reaches the outside. Where the core does not tell, a net qube is taken to.
[[nodiscard]] inline bool facesOutside(const QubeInfo &qube)
{
    return qube.netQube.isEmpty() && qube.leadsOutside.value_or(qube.providesNetwork);
}

[[nodiscard]] QubeState stateFromText(const QString &text);

/// Fills the details of `qube` and decides its kind. Missing properties keep their defaults.
void applyProperties(QubeInfo &qube, const Properties &properties);

/// True while it takes part in the world: neither halted nor unknown.
[[nodiscard]] bool isUp(QubeState state);

} // namespace Bulkhead
