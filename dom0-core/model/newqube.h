// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"
#include "dom0-core/model/volumesettings.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// How qubes come into being: what is asked for, whether it may be, and what it changes in the model. Pure.

/// In which pool a new qube's volumes go, where that was said.
using VolumePools = std::map<VolumeName, std::string>;

/// Everything that a new qube needs, judged in the order of the API's page: name, template, label.
struct NewQube {
    QubeClass klass = QubeClass::AppVM;
    std::string name;
    std::string templateName; ///< empty: the default one, for classes that have a template
    std::string label;
    VolumePools pools = {};
};

/// A qube that may be made in this turn of the loop.
struct CheckedNewQube {
    QubeClass klass = QubeClass::AppVM;
    Qid id;
    QubeName name;
    std::string templateName;            ///< empty for classes without one
    std::string label;                   ///< empty for a disposable: as its template's
    std::optional<std::uint32_t> dispid; ///< of a disposable
    bool isCleanedUp = false;            ///< a disposable that goes when it stops
    bool isPreloaded = false;            ///< made in advance: nobody asked for it yet
    VolumePools pools = {};
};

/// Whether qubes of the class are based on another qube.
[[nodiscard]] bool hasTemplate(QubeClass klass);
/// Whether they have volumes and can run here. A RemoteVM runs elsewhere, dom0 is the machine itself.
[[nodiscard]] bool isLocalGuest(QubeClass klass);

/// A DispVM still needs its number (freeDispid()).
/// @errors BadValue, QubeNotFound, LabelNotFound, General (no such pool, no free number)
/// @source spec admin-api, 8.2.1
[[nodiscard]] Checked<CheckedNewQube> checkNewQube(const Model &model, const NewQube &wanted);

/// An unnamed disposable of `base`: called disp<dispid>, gone when it stops.
/// @errors QubeState (`base` is no template for disposables), General (no free number)
/// @source spec qube-model, 15.1
[[nodiscard]] Checked<CheckedNewQube> checkNewDisposable(const Model &model, const Qube &base, std::uint32_t dispid);

/// The changes that make the qube, and the tags among them that subscribers are told of, in order.
struct Creation {
    std::vector<Change::Any> changes;
    std::vector<std::string> announcedTags;
};

/// @param creator  the qube that asked; what it is told to give its creatures counts (set-created-guivm,
/// tag-created-vm-with). Without meaning for one that is made in advance
/// @source spec qube-model, 7, 12.1 and 15.2
[[nodiscard]] Creation
creationOf(const Model &model, const CheckedNewQube &wanted, const Uuid &uuid, const QubeName &creator);

/// The tags that a qube gets for having been made on somebody's word, in the order in which subscribers are told.
[[nodiscard]] std::vector<std::string> creatorsTags(const Model &model, const QubeName &creator, bool isDisposable);

} // namespace Bulkhead
