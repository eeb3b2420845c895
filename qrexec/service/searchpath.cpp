// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/searchpath.h"

#include <algorithm>
#include <cstdlib>

namespace Bulkhead::Qrexec
{

namespace
{

SearchPath fromEnvironment(const char *variable, std::string_view fallback)
{
    const char *const value = std::getenv(variable); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return parseSearchPath(value != nullptr ? std::string_view(value) : fallback);
}

} // namespace

SearchPath parseSearchPath(std::string_view list)
{
    SearchPath path;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(':'), list.size());
        if (end > 0) {
            path.emplace_back(list.substr(0, end));
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return path;
}

SearchPath servicePathFromEnvironment()
{
    return fromEnvironment("QREXEC_SERVICE_PATH", DefaultServicePath);
}

SearchPath configPathFromEnvironment()
{
    return fromEnvironment("QUBES_RPC_CONFIG_PATH", DefaultConfigPath);
}

} // namespace Bulkhead::Qrexec
