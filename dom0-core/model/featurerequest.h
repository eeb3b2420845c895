// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead
{

/// Bounds of what one request can store; far beyond what a template announces (spec security, S-176).
inline constexpr std::size_t MaxAnnouncedOfAFamily = 256;
inline constexpr std::size_t MaxBootModeEntries = 64; ///< @source spec qube-model, 6.2
inline constexpr std::size_t MaxAnnouncedValue = 128; ///< bytes; of kernel options 1024
inline constexpr std::size_t MaxAnnouncedOptions = 1024;

/// What a qube's announcement comes to.
struct FeatureOutcome {
    /// Features that change, in their order; no value: it goes.
    std::vector<std::pair<std::string, std::optional<std::string>>> features = {};
    TextMap properties = {}; ///< properties to be set, in canonical text
    bool isFirstQrexec = false;

    friend bool operator==(const FeatureOutcome &, const FeatureOutcome &) = default;
};

/// What becomes of the features that a qube asks for: only listed ones, with listed values, and of a qube with a
/// template only the services that it has. What is not taken is left out without a word. Pure.
/// @param requested  of the alphabet that the parser lets through (vchan-io/wire/qubesdbguestkeys.h); otherwise
/// anything
/// @source spec qube-model, 6.2
[[nodiscard]] FeatureOutcome
judgeFeatureRequest(const Model &model, const Qube &qube, const std::map<std::string, std::string> &requested);

} // namespace Bulkhead
