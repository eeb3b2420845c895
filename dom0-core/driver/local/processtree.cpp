// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/processtree.h"

#include "base/formatted.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include <signal.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>

namespace Bulkhead
{

namespace
{

void appendChildren(pid_t process, std::vector<pid_t> &into)
{
    std::error_code error;
    for (const auto &thread : std::filesystem::directory_iterator(formatted("/proc/{}/task", process), error)) {
        const auto children = readSmallFile(thread.path() / "children");
        std::istringstream in(children.value_or(std::string()));
        for (pid_t child = 0; in >> child;) {
            into.push_back(child);
        }
    }
}

Result<void> signalOne(pid_t process, int number)
{
    if (::kill(process, number) != 0 && errno != ESRCH) {
        return failErrno(errno, "cannot signal a process of a qube");
    }
    return {};
}

} // namespace

std::vector<pid_t> processTree(pid_t process1)
{
    std::vector<pid_t> found{process1};
    for (std::size_t index = 0; index < found.size(); ++index) { // grows while it is walked
        appendChildren(found[index], found);
    }
    return found;
}

Result<void> stopProcessTree(pid_t process1)
{
    std::set<pid_t> stopped;
    for (bool foundNew = true; foundNew;) {
        foundNew = false;
        std::vector<pid_t> walk{process1};
        for (std::size_t index = 0; index < walk.size(); ++index) {
            // A parent is stopped before its children are looked for, so that none is born behind our back. Only an
            // orphan can still move up to a parent that was looked at already; the next round finds it.
            if (stopped.insert(walk[index]).second) {
                foundNew = true;
                BH_CHECK(signalOne(walk[index], SIGSTOP));
            }
            appendChildren(walk[index], walk);
        }
    }
    return {};
}

Result<void> continueProcessTree(pid_t process1)
{
    for (const auto process : processTree(process1)) {
        BH_CHECK(signalOne(process, SIGCONT));
    }
    return {};
}

std::uint64_t memoryOfProcessTree(pid_t process1)
{
    constexpr std::string_view key = "\nPss:";
    std::uint64_t total = 0;
    for (const auto process : processTree(process1)) {
        const auto rollup = readSmallFile(formatted("/proc/{}/smaps_rollup", process));
        if (!rollup) {
            continue;
        }
        if (const auto at = rollup->find(key); at != std::string::npos) {
            std::istringstream in(rollup->substr(at + key.size()));
            std::uint64_t kib = 0;
            in >> kib;
            total += kib;
        }
    }
    return total;
}

} // namespace Bulkhead
