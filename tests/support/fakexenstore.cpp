// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/fakexenstore.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace Bulkhead::Test
{

namespace
{

using Xenstore::Kind;

std::string absolute(DomId domain, std::string_view path)
{
    return path.starts_with('/') || path.starts_with('@') ? std::string(path)
                                                          : formatted("/local/domain/{}/{}", domain.value(), path);
}

bool isAtOrBelow(std::string_view path, std::string_view above)
{
    return path == above || (path.starts_with(above) && path[above.size()] == '/');
}

std::uint32_t numberAt(std::span<const std::byte> bytes, std::size_t offset)
{
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data() + offset, sizeof number);
    return number;
}

std::string textOf(std::span<const std::byte> bytes)
{
    std::string text;
    for (const std::byte byte : bytes) {
        text.push_back(static_cast<char>(byte));
    }
    return text;
}

} // namespace

UniqueFd FakeXenstore::connect(DomId domain)
{
    std::array<int, 2> ends{};
    BH_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    m_connections.push_back({.domain = domain, .socket = UniqueFd(ends[0]), .in = {}, .watches = {}});
    return UniqueFd(ends[1]);
}

bool FakeXenstore::settle()
{
    bool any = false;
    for (auto connection = m_connections.begin(); connection != m_connections.end();) {
        std::array<std::byte, 8192> buffer{};
        const ssize_t count = ::read(connection->socket.get(), buffer.data(), buffer.size());
        // A client that left without hearing all its answers resets the connection instead of closing it.
        const bool hasLeft = count == 0 || (count < 0 && errno != EAGAIN);
        if (count > 0) {
            const auto bytes = std::span(buffer).first(static_cast<std::size_t>(count));
            connection->in.insert(connection->in.end(), bytes.begin(), bytes.end());
        }
        any = serve(*connection) || any;
        connection = hasLeft ? m_connections.erase(connection) : std::next(connection);
    }
    return any;
}

bool FakeXenstore::serve(Connection &connection)
{
    bool any = false;
    while (connection.in.size() >= Xenstore::HeaderSize) {
        const auto header = Xenstore::parseHeader(std::span(connection.in).first(Xenstore::HeaderSize)).value();
        if (connection.in.size() < Xenstore::HeaderSize + header.length) {
            break;
        }
        const std::uint32_t transaction = numberAt(connection.in, 8);
        const std::string body = textOf(std::span(connection.in).subspan(Xenstore::HeaderSize, header.length));
        connection.in.erase(connection.in.begin(),
                            connection.in.begin() + static_cast<std::ptrdiff_t>(Xenstore::HeaderSize + header.length));
        send(connection, answer(connection, header.kind, transaction, body));
        if (header.kind == Kind::Watch) {
            send(connection, {Kind::WatchEvent, body});
        }
        any = true;
    }
    return any;
}

void FakeXenstore::send(const Connection &connection, const Answer &answer)
{
    const auto bytes = Xenstore::build(answer.kind, 0, answer.body);
    // Nobody listens any more when a channel has told its last words.
    (void)::send(connection.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

FakeXenstore::Answer
FakeXenstore::answer(Connection &connection, Kind kind, std::uint32_t transaction, const std::string &body)
{
    const std::string first = body.substr(0, body.find('\0'));
    const std::string rest = body.size() > first.size() ? body.substr(first.size() + 1) : std::string();
    const std::string path = absolute(connection.domain, first);
    Nodes changed = transaction == 0 ? m_nodes : m_transactions.at(transaction).nodes;
    const auto keep = [&] {
        if (transaction == 0) {
            commit(std::move(changed));
        } else {
            m_transactions.at(transaction).nodes = std::move(changed);
        }
        return Answer{kind, Xenstore::terminated({"OK"})};
    };
    switch (kind) {
    case Kind::Read:
        return read(changed, connection.domain, path);
    case Kind::Directory:
        return list(changed, path);
    case Kind::Write:
        if (!changed.contains(path)) {
            changed[path].permissions = {formatted("n{}", connection.domain.value())};
        }
        changed[path].value = rest;
        return keep();
    case Kind::SetPermissions: {
        const auto entries = Xenstore::splitTerminated(rest).value();
        changed.at(path).permissions.assign(entries.begin(), entries.end());
        return keep();
    }
    case Kind::Remove:
        std::erase_if(changed, [&path](const auto &node) {
            return isAtOrBelow(node.first, path);
        });
        return keep();
    case Kind::Watch:
        connection.watches[rest.substr(0, rest.find('\0'))] = path;
        return {kind, Xenstore::terminated({"OK"})};
    case Kind::Unwatch:
        connection.watches.erase(rest.substr(0, rest.find('\0')));
        return {kind, Xenstore::terminated({"OK"})};
    case Kind::TransactionStart:
        m_transactions[m_nextTransaction] = {.nodes = m_nodes, .generation = m_generation};
        return {kind, Xenstore::terminated({std::to_string(m_nextTransaction++)})};
    case Kind::TransactionEnd:
        return endTransaction(transaction);
    case Kind::IsDomainIntroduced:
        return {
            kind,
            Xenstore::terminated({m_gone.contains(DomId(static_cast<std::uint32_t>(std::stoul(first)))) ? "F" : "T"})};
    case Kind::WatchEvent:
    case Kind::Error:
        break;
    }
    return {Kind::Error, Xenstore::terminated({"EINVAL"})};
}

FakeXenstore::Answer FakeXenstore::read(const Nodes &nodes, DomId who, const std::string &path) const
{
    if (path == absolute(who, "domid") && knowsOwnNumbers) {
        return {Kind::Read, std::to_string(who.value())};
    }
    const auto node = nodes.find(path);
    if (node == nodes.end()) {
        return {Kind::Error, Xenstore::terminated({"ENOENT"})};
    }
    const bool mayRead = who == Dom0 || std::ranges::any_of(node->second.permissions, [who](const std::string &entry) {
                             return entry.substr(1) == std::to_string(who.value());
                         });
    return mayRead ? Answer{Kind::Read, node->second.value} : Answer{Kind::Error, Xenstore::terminated({"EACCES"})};
}

FakeXenstore::Answer FakeXenstore::list(const Nodes &nodes, const std::string &path) const
{
    std::string body;
    for (const auto &[name, node] : nodes) {
        if (isAtOrBelow(name, path) && name != path) {
            body += Xenstore::terminated({name.substr(path.size() + 1)});
        }
    }
    return {Kind::Directory, body};
}

FakeXenstore::Answer FakeXenstore::endTransaction(std::uint32_t transaction)
{
    Transaction ended = std::move(m_transactions.extract(transaction).mapped());
    if (conflicts > 0 || ended.generation != m_generation) {
        conflicts = std::max(conflicts - 1, 0);
        return {Kind::Error, Xenstore::terminated({"EAGAIN"})};
    }
    commit(std::move(ended.nodes));
    return {Kind::TransactionEnd, Xenstore::terminated({"OK"})};
}

void FakeXenstore::commit(Nodes changed)
{
    const Nodes before = std::exchange(m_nodes, std::move(changed));
    m_generation += m_nodes != before ? 1U : 0U;
    for (const auto &[path, node] : before) {
        if (!m_nodes.contains(path)) {
            tell(path);
        }
    }
    for (const auto &[path, node] : m_nodes) {
        const auto old = before.find(path);
        if (old == before.end() || old->second != node) {
            tell(path);
        }
    }
}

void FakeXenstore::tell(const std::string &changedPath)
{
    for (const Connection &connection : m_connections) {
        for (const auto &[token, path] : connection.watches) {
            // Ends of domains are told to dom0 alone.
            const bool isForIt = !path.starts_with('@') || connection.domain == Dom0;
            if (isForIt && isAtOrBelow(changedPath, path)) {
                send(connection, {Kind::WatchEvent, Xenstore::terminated({changedPath, token})});
            }
        }
    }
}

std::optional<FakeXenstore::Node> FakeXenstore::find(const std::string &path) const
{
    const auto node = m_nodes.find(path);
    return node == m_nodes.end() ? std::nullopt : std::optional(node->second);
}

std::size_t FakeXenstore::connections() const noexcept
{
    return m_connections.size();
}

std::size_t FakeXenstore::watches(std::string_view beginning) const
{
    std::size_t count = 0;
    for (const Connection &connection : m_connections) {
        count += static_cast<std::size_t>(std::ranges::count_if(connection.watches, [beginning](const auto &watch) {
            return watch.second.starts_with(beginning);
        }));
    }
    return count;
}

void FakeXenstore::write(DomId owner, DomId reader, const std::string &path, std::string value)
{
    Nodes changed = m_nodes;
    changed[path] = {.value = std::move(value),
                     .permissions = {formatted("n{}", owner.value()), formatted("r{}", reader.value())}};
    commit(std::move(changed));
}

void FakeXenstore::remove(const std::string &path)
{
    Nodes changed = m_nodes;
    std::erase_if(changed, [&path](const auto &node) {
        return isAtOrBelow(node.first, path);
    });
    commit(std::move(changed));
}

void FakeXenstore::releaseDomain(DomId domain)
{
    m_gone.insert(domain);
    tell("@releaseDomain");
    remove(formatted("/local/domain/{}", domain.value())); // as the toolstack does
}

} // namespace Bulkhead::Test
