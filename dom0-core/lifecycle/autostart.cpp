// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/autostart.h"

#include "base/fd.h"
#include "base/log.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <ranges>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.autostart");

/// How many net qubes stand behind it.
std::size_t networkDepth(const Model &model, const Qube &qube)
{
    std::size_t depth = 0;
    for (const Qube *next = netvmOf(model, qube); next != nullptr && depth < MaxNetworkDepth;
         next = netvmOf(model, *next)) {
        ++depth;
    }
    return depth;
}

} // namespace

std::vector<Qid> autostartOrder(const Model &model)
{
    std::vector<std::pair<std::size_t, Qid>> order;
    for (const auto &[id, qube] : model.qubes()) {
        if (readBoolean(model, qube, "autostart")) {
            order.emplace_back(networkDepth(model, qube), id);
        }
    }
    std::ranges::sort(order);
    const auto ids = order | std::views::values;
    return {ids.begin(), ids.end()};
}

Result<void> startWithMachine(const Registry &registry, Runner &runner, const std::filesystem::path &marker)
{
    const UniqueFd made(::open(marker.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!made) {
        return errno == EEXIST ? Result<void>() : failErrno(errno, "cannot note that qubes were started");
    }
    for (const Qid id : autostartOrder(registry.model())) {
        runner.start(id, [name = registry.model().find(id)->name](const Checked<void> &started) {
            if (!started) {
                Log.warning("{}: was not started with the machine: {}", name.text(), started.error().message);
            }
        });
    }
    return {};
}

bool skipsAutostart(std::string_view commandLine)
{
    return std::ranges::any_of(commandLine | std::views::split(' '), [](const auto word) {
        const std::string_view text(word);
        return text == "qubes.skip_autostart" || text == "qubes.skip_autostart\n";
    });
}

} // namespace Bulkhead
