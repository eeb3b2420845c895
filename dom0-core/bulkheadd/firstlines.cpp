// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/firstlines.h"

#include <fstream>
#include <tuple>

namespace Bulkhead
{

namespace
{

/// Of a file that was written anew one of these is another.
auto identity(const struct ::stat &facts)
{
    return std::tuple(facts.st_dev,
                      facts.st_ino,
                      facts.st_size,
                      facts.st_mtim.tv_sec,
                      facts.st_mtim.tv_nsec,
                      facts.st_ctim.tv_sec,
                      facts.st_ctim.tv_nsec);
}

} // namespace

const std::optional<std::string> &FirstLines::of(const std::filesystem::path &path)
{
    struct ::stat now = {}; // of what is not there: zeros
    (void)::stat(path.c_str(), &now);
    const auto [place, isNew] = m_known.try_emplace(path);
    Known &known = place->second;
    if (isNew || identity(known.facts) != identity(now)) {
        known.facts = now;
        known.line.reset();
        std::ifstream file(path);
        if (std::string line; std::getline(file, line)) {
            known.line = std::move(line);
        }
    }
    return known.line;
}

} // namespace Bulkhead
