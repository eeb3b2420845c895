// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/memfdbackend.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

std::uint32_t ringBytes(std::size_t wanted)
{
    return static_cast<std::uint32_t>(std::clamp<std::size_t>(wanted, 1, Exchange::MaxRingBytes));
}

} // namespace

MemfdBackend::MemfdBackend(std::string path)
    : m_path(std::move(path))
{
}

Result<std::unique_ptr<Channel>> MemfdBackend::serve(DomId peer, Port port, RingSizes sizes)
{
    return request({
        .ask = Exchange::Ask::Serve,
        .peer = peer,
        .port = port,
        .toServer = ringBytes(sizes.toServer),
        .toClient = ringBytes(sizes.toClient),
    });
}

Result<std::unique_ptr<Channel>> MemfdBackend::connect(DomId peer, Port port)
{
    return request({.ask = Exchange::Ask::Connect, .peer = peer, .port = port});
}

Result<std::unique_ptr<PageGranter>> MemfdBackend::granterFor(DomId peer)
{
    BH_TRY(UniqueFd arena, requestArena(m_path, peer));
    BH_TRY(auto granter, MemfdPageGranter::create(arena));
    m_arenas->insert_or_assign(peer, std::move(arena));
    return granter;
}

Result<std::unique_ptr<PageMapper>> MemfdBackend::mapperFor(DomId peer)
{
    BH_TRY(auto source, ExchangeArenaSource::create(m_path, peer));
    return std::make_unique<MemfdPageMapper>(std::move(source));
}

Result<std::unique_ptr<Channel>> MemfdBackend::request(const Exchange::Request &request)
{
    BH_TRY(auto source, ExchangeEndSource::create(m_path, request, m_arenas));
    BH_TRY(auto channel, MemfdChannel::await(std::move(source)));
    return channel;
}

} // namespace Bulkhead
