// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/testbackend.h"

#include <utility>

namespace Bulkhead::Test
{

namespace
{

/// Counts what is granted.
class CountedPages final : public GrantedPages
{
public:
    CountedPages(std::unique_ptr<GrantedPages> pages, std::shared_ptr<std::size_t> held)
        : m_pages(std::move(pages))
        , m_held(std::move(held))
    {
        ++*m_held;
    }

    CountedPages(const CountedPages &) = delete;
    CountedPages &operator=(const CountedPages &) = delete;

    ~CountedPages() override
    {
        --*m_held;
    }

    [[nodiscard]] std::span<std::byte> bytes() noexcept override
    {
        return m_pages->bytes();
    }

    [[nodiscard]] std::span<const GrantRef> refs() const noexcept override
    {
        return m_pages->refs();
    }

private:
    std::unique_ptr<GrantedPages> m_pages;
    std::shared_ptr<std::size_t> m_held;
};

class CountingGranter final : public PageGranter
{
public:
    CountingGranter(std::unique_ptr<PageGranter> granter,
                    std::shared_ptr<std::size_t> held,
                    std::shared_ptr<std::size_t> made)
        : m_granter(std::move(granter))
        , m_held(std::move(held))
        , m_made(std::move(made))
    {
    }

    [[nodiscard]] Result<std::unique_ptr<GrantedPages>> grant(std::size_t pages) override
    {
        BH_TRY(auto granted, m_granter->grant(pages));
        ++*m_made;
        return std::make_unique<CountedPages>(std::move(granted), m_held);
    }

private:
    std::unique_ptr<PageGranter> m_granter;
    std::shared_ptr<std::size_t> m_held;
    std::shared_ptr<std::size_t> m_made;
};

} // namespace

Result<std::unique_ptr<Channel>> TestBackend::serve(DomId peer, Port port, RingSizes sizes)
{
    servedPeer = peer;
    servedPort = port;
    ChannelPair pair = makeChannelPair(sizes.toClient);
    m_clients.push_back(std::move(pair.client));
    return std::move(pair.server);
}

Result<std::unique_ptr<Channel>> TestBackend::connect(DomId /*peer*/, Port /*port*/)
{
    return fail(Errc::Unsupported, "nobody connects through this backend");
}

Result<std::unique_ptr<PageGranter>> TestBackend::granterFor(DomId /*peer*/)
{
    PagesPair pair = makePagesPair();
    m_mapper = std::move(pair.mapper);
    return std::make_unique<CountingGranter>(std::move(pair.granter), m_held, m_made);
}

Result<std::unique_ptr<PageMapper>> TestBackend::mapperFor(DomId /*peer*/)
{
    return fail(Errc::Unsupported, "nobody maps through this backend");
}

std::unique_ptr<Channel> TestBackend::takeClient()
{
    if (m_clients.empty()) {
        return nullptr;
    }
    auto client = std::move(m_clients.front());
    m_clients.pop_front();
    return client;
}

} // namespace Bulkhead::Test
