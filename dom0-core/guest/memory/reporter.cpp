// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/memory/reporter.h"

#include "base/log.h"
#include "dom0-core/guest/memory/usage.h"
#include "vchan-io/wire/memoryreport.h"
#include "vchan-io/wire/xenstoremessages.h"

#include <fstream>
#include <iterator>
#include <utility>

namespace Bulkhead::GuestMemory
{

namespace
{

constexpr LogCategory Log("bulkhead.meminfo-writer.reporter");

std::string contentOf(const std::filesystem::path &path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::uint64_t distance(std::uint64_t one, std::uint64_t other)
{
    return one > other ? one - other : other - one;
}

} // namespace

Result<std::unique_ptr<Reporter>> Reporter::start(EventLoop &loop, UniqueFd store, Options options)
{
    auto reporter = std::unique_ptr<Reporter>(new Reporter(loop, std::move(store), std::move(options)));
    BH_TRY(reporter->m_watch, loop.watch(reporter->m_store.fd(), Readiness::Read, [raw = reporter.get()] {
        raw->take();
    }));
    reporter->look();
    return reporter;
}

Reporter::Reporter(EventLoop &loop, UniqueFd store, Options options)
    : m_loop(loop)
    , m_options(std::move(options))
    , m_store(std::move(store))
{
}

void Reporter::look()
{
    m_timer = m_loop.after(m_options.pause, [this] {
        look();
    });
    const auto used = usedKiB(contentOf(m_options.meminfo));
    if (used && (!m_said || distance(*used, *m_said) >= m_options.worthKiB)) {
        say(*used);
    }
}

/// dom0 made the node; where it did not, this domain's memory is not balanced.
void Reporter::say(std::uint64_t kib)
{
    m_said = kib;
    m_store.ask(Xenstore::Kind::Write,
                Xenstore::terminated({MemoryReportNode}) + memoryReport(kib),
                [this](const Result<std::string> &written) {
                    if (!written) {
                        Log.critical("{} cannot be written: {}", MemoryReportNode, written.error().text());
                        m_loop.quit(1);
                    }
                });
}

void Reporter::take()
{
    if (const auto taken = m_store.take(); !taken) {
        Log.critical("Xen's store: {}", taken.error().text());
        m_loop.quit(1);
    }
}

} // namespace Bulkhead::GuestMemory
