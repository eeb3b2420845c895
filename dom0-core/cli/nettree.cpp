// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/nettree.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

/// The place of the qube's net qube in the list; its own, if that is not listed.
std::size_t providerOf(const std::vector<QubeFacts> &qubes, std::size_t index)
{
    const std::string netvm = cellOf(qubes[index], "netvm");
    const auto place = std::ranges::find(qubes, netvm, [](const QubeFacts &qube) {
        return qube.line.name;
    });
    return place == qubes.end() ? index : static_cast<std::size_t>(place - qubes.begin());
}

} // namespace

std::vector<TreePlace> inNetworkOrder(const std::vector<QubeFacts> &qubes)
{
    std::vector<std::size_t> providers;
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        providers.push_back(providerOf(qubes, i));
    }
    // A stack instead of a recursion: the model has no circles, an answer could have one, and each qube is placed once.
    std::vector<bool> isPlaced(qubes.size());
    std::vector<TreePlace> places;
    const auto placeFrom = [&](std::size_t root) {
        std::vector<TreePlace> waiting{{.index = root, .depth = 0}};
        while (!waiting.empty()) {
            const TreePlace next = waiting.back();
            waiting.pop_back();
            if (isPlaced[next.index]) {
                continue;
            }
            isPlaced[next.index] = true;
            places.push_back(next);
            for (std::size_t i = qubes.size(); i-- > 0;) {
                if (providers[i] == next.index && i != next.index) {
                    waiting.push_back({.index = i, .depth = next.depth + 1});
                }
            }
        }
    };
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        if (providers[i] == i) {
            placeFrom(i);
        }
    }
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        placeFrom(i);
    }
    return places;
}

std::vector<TreePlace> inGivenOrder(std::size_t count)
{
    std::vector<TreePlace> places;
    for (std::size_t i = 0; i < count; ++i) {
        places.push_back({.index = i, .depth = 0});
    }
    return places;
}

std::string branch(std::size_t depth)
{
    return depth == 0 ? std::string() : std::string(2 * (depth - 1), ' ') + "└─";
}

} // namespace Bulkhead::Cli
