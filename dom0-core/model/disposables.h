// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Disposables: qubes of class DispVM, made of a qube that allows it (template_for_dispvms). Pure rules.
/// @source spec qube-model, 15

/// Numbers of disposables are 0 … DispidCount - 1.
inline constexpr std::uint32_t DispidCount = 10000;

/// The first number, counted on from `start` in a circle, that no disposable has and that does not rest, and whose name
/// `disp<number>` is free. Nothing: all are taken.
/// @param resting  numbers that were in use not long ago
[[nodiscard]] std::optional<std::uint32_t>
freeDispid(const Model &model, std::uint32_t start, const std::set<std::uint32_t> &resting);

/// The disposables that are made of `base`, by number of the qube.
[[nodiscard]] std::vector<const Qube *> disposablesOf(const Model &model, const Qube &base);

/// It goes with everything of its own when it stops.
[[nodiscard]] bool isCleanedUp(const Model &model, const Qube &qube);

/// The features in which a qube's disposables made in advance are kept account of. Only the core writes them.
/// @source spec qube-model, 15.4
namespace PreloadFeature
{
inline constexpr std::string_view List = "preload-dispvm"; ///< of the template: names, parted by blanks
inline constexpr std::string_view InProgress = "preload-dispvm-in-progress";
inline constexpr std::string_view Completed = "preload-dispvm-completed";
inline constexpr std::string_view Max = "preload-dispvm-max";
inline constexpr std::string_view Delay = "preload-dispvm-delay";
inline constexpr std::string_view Threshold = "preload-dispvm-threshold";
} // namespace PreloadFeature

/// Made in advance and not yet handed out.
[[nodiscard]] bool isPreloaded(const Qube &qube);

/// Properties that a disposable does not take over from the qube it is made of, and in which the two may differ without
/// the disposable being out of date.
[[nodiscard]] bool isDisposablesOwn(std::string_view property);

/// What a new disposable takes over from the qube it is made of: properties that were set, features, firewall, tags.
/// Those of preloading stay behind, and tags that follow a property or tell who made a qube are the new one's own
/// matter.
/// @source spec qube-model, 15.2
[[nodiscard]] std::vector<Change::Any> inheritedFrom(const Qube &base, Qid disposable);

} // namespace Bulkhead
