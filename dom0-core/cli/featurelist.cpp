// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/featurelist.h"

#include <algorithm>

namespace Bulkhead::Cli
{

Result<KeyValues> allFeatures(const Daemon &daemon, const std::string &qube)
{
    BH_TRY(const std::string list, daemon.call({.method = "admin.vm.feature.List", .qube = qube}));
    auto names = linesOf(list);
    std::ranges::sort(names);
    std::vector<Request> requests;
    for (const std::string &name : names) {
        requests.push_back({.method = "admin.vm.feature.Get", .argument = name, .qube = qube});
    }
    auto answers = daemon.callEach(requests);
    KeyValues features;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (answers[i]) {
            features.emplace_back(names[i], *std::move(answers[i]));
        } else if (answers[i].error().code != Errc::NotFound) { // else it was removed in between
            return std::unexpected(std::move(answers[i]).error());
        }
    }
    return features;
}

} // namespace Bulkhead::Cli
