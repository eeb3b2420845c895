// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/labels.h"
#include "dom0-core/model/pools.h"
#include "dom0-core/model/qube.h"
#include "vchan-io/wire/calls/firewallrule.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

namespace Bulkhead
{

/// How a property's text is understood, and how the wire names its type.
/// @source spec admin-api, 8.3
enum class PropertyType : std::uint8_t {
    Text,      ///< str
    Integer,   ///< int
    Boolean,   ///< bool, `True` or `False`
    Reference, ///< vm: the name of a qube; the empty text is "none"
    Label,     ///< label
};

/// How far a qube has come into being. Only `Ready` ones are left after a restart: what was interrupted is undone.
enum class QubeStage : std::uint8_t {
    Creating, ///< its volumes are being made
    Ready,
    Removing, ///< gone for everybody, its volumes are being removed
};

/// What can change in the model. Each change is judged before it is made; the same value goes to the store, in one
/// transaction with the others of its request, and then to the model, so the two cannot differ.
namespace Change
{

struct AddQube {
    Qid id;
    QubeName name;
    Uuid uuid;
    QubeClass klass = QubeClass::AppVM;
    QubeStage stage = QubeStage::Ready;
};

struct SetStage {
    Qid id;
    QubeStage stage = QubeStage::Ready;
};

struct RemoveQube {
    Qid id;
};

struct SetProperty {
    Qid id;
    std::string name;
    std::string value; ///< canonical text
    PropertyType type = PropertyType::Text;
};

struct ResetProperty {
    Qid id;
    std::string name;
};

struct SetGlobal {
    std::string name;
    std::string value;
    PropertyType type = PropertyType::Text;
};

struct ResetGlobal {
    std::string name;
};

struct SetFeature {
    Qid id;
    std::string name;
    std::string value;
};

struct RemoveFeature {
    Qid id;
    std::string name;
};

struct AddTag {
    Qid id;
    std::string tag;
};

struct RemoveTag {
    Qid id;
    std::string tag;
};

/// Empty: there are none.
struct SetNotes {
    Qid id;
    std::string text; ///< UTF-8
};

struct AddLabel {
    Label label;
};

struct RemoveLabel {
    std::uint32_t index = 0;
};

/// An empty path: the root lies in the pool.
struct SetRootInPlace {
    Qid id;
    std::filesystem::path path;
};

/// All of a qube's rules; none at all lets nothing out.
struct SetFirewall {
    Qid id;
    Firewall::Rules rules;
};

/// All of a volume's settings at once.
struct SetVolume {
    Qid id;
    VolumeName volume = VolumeName::Root;
    VolumeSettings settings;
};

/// Both the device and what is to happen with it; an assignment that is there is replaced.
struct SetAssignment {
    Qid id; ///< of the qube that uses the device
    DeviceKey device;
    AssignmentSettings settings;
};

struct RemoveAssignment {
    Qid id;
    DeviceKey device;
};

/// A pool of that name is replaced, volumes in it stay in it.
struct AddPool {
    PoolConfig pool;
};

struct RemovePool {
    std::string name;
};

using Any = std::variant<AddQube,
                         SetStage,
                         RemoveQube,
                         SetProperty,
                         ResetProperty,
                         SetGlobal,
                         ResetGlobal,
                         SetFeature,
                         RemoveFeature,
                         AddTag,
                         RemoveTag,
                         SetNotes,
                         AddLabel,
                         RemoveLabel,
                         SetRootInPlace,
                         SetFirewall,
                         SetVolume,
                         SetAssignment,
                         RemoveAssignment,
                         AddPool,
                         RemovePool>;

} // namespace Change

} // namespace Bulkhead
