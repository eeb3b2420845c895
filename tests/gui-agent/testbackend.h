// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/support/channelpair.h"
#include "vchan-io/transport/backend.h"

#include <cstddef>
#include <deque>
#include <memory>

namespace Bulkhead::Test
{

/// Channels and pages of the local driver, without an exchange: each channel that is served waits here for the test to
/// take its other end.
class TestBackend final : public Backend
{
public:
    [[nodiscard]] Result<std::unique_ptr<Channel>> serve(DomId peer, Port port, RingSizes sizes) override;
    [[nodiscard]] Result<std::unique_ptr<Channel>> connect(DomId peer, Port port) override;
    [[nodiscard]] Result<std::unique_ptr<PageGranter>> granterFor(DomId peer) override;
    [[nodiscard]] Result<std::unique_ptr<PageMapper>> mapperFor(DomId peer) override;

    /// The client's end of the oldest channel not yet taken, or null.
    [[nodiscard]] std::unique_ptr<Channel> takeClient();

    /// Grants that the agent holds at present.
    [[nodiscard]] std::size_t grantsHeld() const
    {
        return *m_held;
    }

    /// Grants that the agent has made, ever.
    [[nodiscard]] std::size_t grantsMade() const
    {
        return *m_made;
    }

    [[nodiscard]] PageMapper &mapper()
    {
        return *m_mapper;
    }

    DomId servedPeer;
    Port servedPort;

private:
    std::deque<std::unique_ptr<Channel>> m_clients;
    std::unique_ptr<PageMapper> m_mapper;
    std::shared_ptr<std::size_t> m_held = std::make_shared<std::size_t>(0);
    std::shared_ptr<std::size_t> m_made = std::make_shared<std::size_t>(0);
};

} // namespace Bulkhead::Test
