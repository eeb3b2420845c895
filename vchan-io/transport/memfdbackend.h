// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/exchangelink.h"

#include <memory>
#include <string>

namespace Bulkhead
{

/// The local driver: channels and pages in sealed memory, handed out by bulkhead-exchange.
class MemfdBackend final : public Backend
{
public:
    /// @param path  of this domain's socket of the exchange
    explicit MemfdBackend(std::string path);

    [[nodiscard]] Result<std::unique_ptr<Channel>> serve(DomId peer, Port port, RingSizes sizes) override;
    [[nodiscard]] Result<std::unique_ptr<Channel>> connect(DomId peer, Port port) override;
    /// Waits for the exchange, a few seconds at most: for the start of a program or of a session.
    [[nodiscard]] Result<std::unique_ptr<PageGranter>> granterFor(DomId peer) override;
    /// Pages can be mapped once the peer has made its granter, which it does before it can name a page.
    [[nodiscard]] Result<std::unique_ptr<PageMapper>> mapperFor(DomId peer) override;

private:
    [[nodiscard]] Result<std::unique_ptr<Channel>> request(const Exchange::Request &request);

    std::string m_path;
    std::shared_ptr<OwnArenas> m_arenas = std::make_shared<OwnArenas>();
};

} // namespace Bulkhead
