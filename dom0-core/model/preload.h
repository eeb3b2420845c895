// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Disposables made in advance: how many, when, and whether one may still be handed out. Pure rules over the features
/// of the qubes that they are made of.
/// @source spec qube-model, 15.4

/// The names in a qube's list, in the order in which they are handed out.
[[nodiscard]] std::vector<std::string> preloadListOf(const Qube &base);
[[nodiscard]] std::string preloadListText(const std::vector<std::string> &names);

/// How many of `base` are to be kept. What dom0 says counts for the global default_dispvm and overrides that qube's own
/// value; 0 where disposables cannot be made of the qube.
[[nodiscard]] std::size_t preloadMaxOf(const Model &model, const Qube &base);

/// How long after its cause making another one begins: the qube's own value, then dom0's, then 3 s. Negative ones are
/// told by `isLazy`: no refill while there is one left.
struct PreloadDelay {
    std::chrono::seconds wait{3};
    bool isLazy = false;
};

[[nodiscard]] PreloadDelay preloadDelayOf(const Model &model, const Qube &base);

/// How many may be made now: what is missing, as far as memory goes.
/// @param there  how many there are or will soon be
[[nodiscard]] std::size_t preloadRoomOf(const Model &model, const Qube &base, std::size_t there);

/// Whether the disposable still is what a fresh one would be, as far as properties tell.
[[nodiscard]] bool hasValuesOf(const Model &model, const Qube &disposable, const Qube &base);

/// Whether one of the features that govern preloading may get this value on this qube.
/// @errors BadValue, in words
[[nodiscard]] Checked<void>
checkPreloadFeature(const Model &model, const Qube &qube, std::string_view name, std::string_view value);

} // namespace Bulkhead
