// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/memorysocket.h"

#include "base/log.h"
#include "dom0-core/memory/memoryrequest.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>
#include <variant>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.memory");

/// Each waits for the one before; more at once are no starts of qubes.
constexpr std::size_t MaxClients = 256;

/// A few bytes fit into a fresh socket's buffer; a client that is gone needs no answer.
void answer(const UniqueFd &fd, std::string_view line)
{
    (void)::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

} // namespace

Result<std::unique_ptr<MemorySocket>>
MemorySocket::open(const std::filesystem::path &path, Memory::Balancer &balancer, AdminApi::Poller &poller)
{
    auto socket = std::unique_ptr<MemorySocket>(new MemorySocket(balancer, poller));
    BH_TRY(socket->m_acceptor,
           AdminApi::Acceptor::open(path, AdminApi::Access::Group, poller, [raw = socket.get()](UniqueFd connection) {
               raw->admit(std::move(connection));
           }));
    return socket;
}

MemorySocket::MemorySocket(Memory::Balancer &balancer, AdminApi::Poller &poller)
    : m_balancer(balancer)
    , m_poller(poller)
{
}

MemorySocket::~MemorySocket()
{
    for (const auto &[id, client] : m_clients) {
        m_balancer.withdraw(client.ticket);
        m_poller.forget(client.fd.get());
    }
}

void MemorySocket::admit(UniqueFd connection)
{
    if (m_clients.size() >= MaxClients) {
        Log.warning("more than {} programs ask for memory at once; one more was turned away", MaxClients);
        return;
    }
    const std::uint64_t id = ++m_lastId;
    const auto watched = m_poller.watch(connection.get(), EPOLLIN, [this, id](std::uint32_t) {
        onReadable(id);
    });
    if (!watched) {
        Log.warning("a program that asks for memory cannot be heard: {}", watched.error().text());
        return;
    }
    m_clients.emplace(id, Client{.fd = std::move(connection)});
}

void MemorySocket::onReadable(std::uint64_t id)
{
    Client &client = m_clients.at(id);
    std::array<char, 512> buffer{};
    const ssize_t count = ::recv(client.fd.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count <= 0 || client.hasAsked) { // it has gone, or asks for more than one may
        drop(id);
        return;
    }
    client.line.append(buffer.data(), static_cast<std::size_t>(count));
    const auto end = client.line.find('\n');
    if (end == std::string::npos) {
        if (client.line.size() >= Memory::MaxRequestLine) {
            answer(client.fd, Memory::AnswerUnknown);
            drop(id);
        }
        return;
    }
    if (end + 1 != client.line.size()) {
        drop(id);
        return;
    }
    client.hasAsked = true;
    onLine(id, client.line.substr(0, end));
}

void MemorySocket::onLine(std::uint64_t id, const std::string &line)
{
    auto request = Memory::parseRequest(line);
    if (!request) {
        answer(m_clients.at(id).fd, Memory::AnswerUnknown);
        return;
    }
    auto done = [this, id](const Result<void> &outcome, Memory::Balancer::Hold hold) {
        onDone(id, outcome, std::move(hold));
    };
    const auto *const free = std::get_if<Memory::FreeRequest>(&*request);
    m_clients.at(id).ticket = free != nullptr
        ? m_balancer.reserve(free->bytes, std::move(done))
        : m_balancer.resize(std::move(std::get<Memory::SizeRequest>(*request).sizes), std::move(done));
}

void MemorySocket::onDone(std::uint64_t id, const Result<void> &outcome, Memory::Balancer::Hold hold)
{
    Client &client = m_clients.at(id); // what those asked for who went is withdrawn
    if (!outcome) {
        Log.info("a program's request for memory fails: {}", outcome.error().text());
    }
    client.hold.emplace(std::move(hold));
    answer(client.fd, outcome ? Memory::AnswerDone : Memory::AnswerFailed);
}

void MemorySocket::drop(std::uint64_t id)
{
    const auto client = m_clients.extract(id);
    m_poller.forget(client.mapped().fd.get());
    m_balancer.withdraw(client.mapped().ticket);
    m_acceptor->resume();
}

} // namespace Bulkhead
