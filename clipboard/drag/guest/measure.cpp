// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/measure.h"

#include "base/log.h"
#include "clipboard/files/preflight.h"
#include "clipboard/files/sources.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag-agent");

} // namespace

Result<std::uint64_t> measureFiles(const std::vector<std::string> &paths)
{
    std::vector<FileCopy::Source> sources;
    for (const std::string &path : paths) {
        BH_TRY(FileCopy::Source source, FileCopy::openSource(path));
        sources.push_back(std::move(source));
    }
    BH_TRY(const FileCopy::Preflight found, FileCopy::lookThrough(sources, FileCopy::Links::Sent));
    return found.bytes;
}

int runMeasurer(std::span<char *const> paths)
{
    const auto bytes = measureFiles(std::vector<std::string>(paths.begin(), paths.end()));
    if (!bytes) {
        Log.info("{}", bytes.error().text());
        return EXIT_FAILURE;
    }
    return std::printf("%llu\n", static_cast<unsigned long long>(*bytes)) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace Bulkhead::Drag
