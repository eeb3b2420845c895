// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "tests/support/testclock.h"
#include "vchan-io/exchange/exchanger.h"
#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/memfdbackend.h"

#include <QTemporaryDir>

#include <memory>
#include <string>

namespace Bulkhead::Test
{

/// A real exchange in this process, on a loop that the test turns, with dom0 and domains 1 to 3.
class ExchangeRig
{
public:
    ExchangeRig();

    /// A backend as a program in that domain has it.
    [[nodiscard]] std::unique_ptr<MemfdBackend> backendOf(DomId domain) const;
    [[nodiscard]] std::string socketOf(DomId domain) const;

    /// What backend.granterFor(peer) gives: it waits for the exchange, which therefore runs beside it.
    [[nodiscard]] std::unique_ptr<PageGranter> granterOf(MemfdBackend &backend, DomId peer);

    /// Lets the exchange do all there is to do.
    void settle();
    /// Lets both channels take what is there until nothing is left to take.
    void settle(Channel &one, Channel &other);

    /// The exchange dies: its sockets stay behind, unserved.
    void kill();
    /// A new one begins where it lay.
    void restart();

    [[nodiscard]] Exchanger &exchanger()
    {
        return *m_exchanger;
    }

    [[nodiscard]] EventLoop &loop()
    {
        return *m_loop;
    }

private:
    [[nodiscard]] std::string directory() const;

    QTemporaryDir m_directory;
    TestClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<Exchanger> m_exchanger;
};

/// Whether there is something to take at a descriptor now.
[[nodiscard]] bool isReadable(int fd);

/// Waits until there is; false: it took longer than any test should.
[[nodiscard]] bool waitReadable(int fd);

/// Open descriptors of this process.
[[nodiscard]] std::size_t openDescriptors();

} // namespace Bulkhead::Test
