// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"

#include <optional>
#include <string>

namespace Bulkhead::PropertyDefaults
{

/// What single properties are when nobody set them. Nothing: unset.
/// @source spec qube-model, 3, 5 and 10.2
using Value = std::optional<std::string>;

[[nodiscard]] Value className(const Model &, const Qube &);
[[nodiscard]] Value icon(const Model &, const Qube &);
[[nodiscard]] Value isPreload(const Model &, const Qube &);
[[nodiscard]] Value includeInBackups(const Model &, const Qube &);
[[nodiscard]] Value ownDisposableTemplate(const Model &, const Qube &);
[[nodiscard]] Value updateable(const Model &, const Qube &);
[[nodiscard]] Value noMaxMemoryWithoutBalancing(const Model &, const Qube &);
[[nodiscard]] Value maxMemory(const Model &, const Qube &);
[[nodiscard]] Value noOptionsWithoutKernel(const Model &, const Qube &);
[[nodiscard]] Value kernelOptions(const Model &, const Qube &);
[[nodiscard]] Value bootMode(const Model &, const Qube &);
[[nodiscard]] Value appVmBootMode(const Model &, const Qube &);
[[nodiscard]] Value keyboardLayout(const Model &, const Qube &);
[[nodiscard]] Value domainId(const Model &, const Qube &);
[[nodiscard]] Value startTime(const Model &, const Qube &);
[[nodiscard]] Value netvm(const Model &, const Qube &);
[[nodiscard]] Value address4(const Model &, const Qube &);
[[nodiscard]] Value address6(const Model &, const Qube &);
[[nodiscard]] Value visibleAddress4(const Model &, const Qube &);
[[nodiscard]] Value visibleAddress6(const Model &, const Qube &);
[[nodiscard]] Value visibleGateway4(const Model &, const Qube &);
[[nodiscard]] Value visibleGateway6(const Model &, const Qube &);
[[nodiscard]] Value visibleNetmask(const Model &, const Qube &);
[[nodiscard]] Value gateway4(const Model &, const Qube &);
[[nodiscard]] Value gateway6(const Model &, const Qube &);
[[nodiscard]] Value nameServers(const Model &, const Qube &);

} // namespace Bulkhead::PropertyDefaults
