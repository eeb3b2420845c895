// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-meminfo-writer: tells dom0's balancer what this domain uses of its memory.
#include "dom0-core/guest/memory/reporter.h"
#include "vchan-io/transport/untilterminated.h"
#include "vchan-io/transport/xenkernel.h"

#include <memory>

using namespace Bulkhead;

namespace
{

constexpr LogCategory Log("bulkhead.meminfo-writer.main");

} // namespace

int main()
{
    return runUntilTerminated(Log, [](EventLoop &loop) -> Result<std::unique_ptr<GuestMemory::Reporter>> {
        BH_TRY(auto store, connectToXenstore());
        return GuestMemory::Reporter::start(loop, std::move(store), {});
    });
}
