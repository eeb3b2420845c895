// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/refusal.h"

#include <string>
#include <string_view>

namespace Bulkhead
{

/// Longest text that any property takes; each property's own rule may say less (spec security, R-51).
inline constexpr std::size_t MaxPropertyText = 4096;

/// The canonical text of `text` as a value of this type: `True` for `yes`, `7` for ` +7 `, the name of a qube that
/// exists. @errors BadValue (spelling), BadPropertyValue (unknown qube), LabelNotFound
[[nodiscard]] Checked<std::string>
spelledAs(const Model &model, PropertyType type, std::string_view property, std::string_view text);

/// The checks of single properties; each gets a value in its type's spelling.
namespace PropertyChecks
{

using Value = Checked<std::string>;

[[nodiscard]] Value positive(const Model &, const Qube &, std::string value);
[[nodiscard]] Value virtMode(const Model &, const Qube &, std::string value);
[[nodiscard]] Value maxMemory(const Model &, const Qube &, std::string value);
[[nodiscard]] Value processors(const Model &, const Qube &, std::string value);
[[nodiscard]] Value kernel(const Model &, const Qube &, std::string value);
[[nodiscard]] Value kernelOptions(const Model &, const Qube &, std::string value);
[[nodiscard]] Value bootMode(const Model &, const Qube &, std::string value);
[[nodiscard]] Value userName(const Model &, const Qube &, std::string value);
[[nodiscard]] Value keyboardLayout(const Model &, const Qube &, std::string value);
[[nodiscard]] Value deniedDevices(const Model &, const Qube &, std::string value);
[[nodiscard]] Value netvm(const Model &, const Qube &, std::string value);
[[nodiscard]] Value providesNetwork(const Model &, const Qube &, std::string value);
[[nodiscard]] Value mac(const Model &, const Qube &, std::string value);
[[nodiscard]] Value address4(const Model &, const Qube &, std::string value);
[[nodiscard]] Value address6(const Model &, const Qube &, std::string value);
[[nodiscard]] Value templateName(const Model &, const Qube &, std::string value);
[[nodiscard]] Value disposableTemplate(const Model &, const Qube &, std::string value);
[[nodiscard]] Value templateForDisposables(const Model &, const Qube &, std::string value);

[[nodiscard]] Value relay(const Model &, const Qube &, std::string value);
[[nodiscard]] Value serviceName(const Model &, const Qube &, std::string value);
[[nodiscard]] Value remoteName(const Model &, const Qube &, std::string value);

[[nodiscard]] Value globalPositive(const Model &, std::string value);
[[nodiscard]] Value globalNetvm(const Model &, std::string value);
[[nodiscard]] Value globalTemplate(const Model &, std::string value);
[[nodiscard]] Value globalDisposableTemplate(const Model &, std::string value);
[[nodiscard]] Value globalKernel(const Model &, std::string value);
[[nodiscard]] Value globalPool(const Model &, std::string value);

} // namespace PropertyChecks

} // namespace Bulkhead
