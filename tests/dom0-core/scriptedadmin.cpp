// SPDX-License-Identifier: GPL-2.0-or-later
#include "scriptedadmin.h"

#include "base/genericaddress.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

namespace Bulkhead::Test
{

namespace
{

using namespace std::string_literals;

UniqueFd listenAt(const std::filesystem::path &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<void *>(address.sun_path), path.c_str(), path.string().size());
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BH_ASSERT(::bind(fd.get(), genericAddress(address), sizeof(address)) == 0);
    BH_ASSERT(::listen(fd.get(), SOMAXCONN) == 0);
    return fd;
}

std::string readAll(const UniqueFd &fd)
{
    std::array<char, 4096> buffer{};
    std::string bytes;
    for (ssize_t count = 0; (count = ::read(fd.get(), buffer.data(), buffer.size())) > 0;) {
        bytes.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return bytes;
}

void writeAll(const UniqueFd &fd, std::string_view bytes)
{
    BH_ASSERT(::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}

std::string frame(const std::string &subject, const std::string &event)
{
    return "1\0"s + subject + "\0"s + event + "\0"s + "\0"s;
}

/// `method dom0 name qube NUL payload` as tests write it.
std::string written(const std::string &bytes)
{
    const auto end = bytes.find('\0');
    const std::string header = bytes.substr(0, end);
    const std::string payload = bytes.substr(end + 1);
    const std::string service = header.substr(0, header.find(' '));
    const std::string qube = header.substr(header.rfind(' ') + 1);
    return payload.empty() ? service + " " + qube : service + " " + qube + " <" + payload + ">";
}

} // namespace

ScriptedAdmin::ScriptedAdmin(const std::filesystem::path &directory)
{
    for (const char *name : {"qubesd.sock", "qubesd.internal.sock"}) {
        m_listeners.push_back(listenAt(directory / name));
    }
    std::array<int, 2> ends{};
    BH_ASSERT(::pipe(ends.data()) == 0);
    m_stopRead.reset(ends[0]);
    m_stop.reset(ends[1]);
    m_thread = std::thread([this] {
        serve();
    });
}

ScriptedAdmin::~ScriptedAdmin()
{
    m_stop.reset();
    m_thread.join();
}

void ScriptedAdmin::answer(const std::string &request, const std::string &content)
{
    const std::lock_guard lock(m_mutex);
    m_answers[request] = "0\0"s + content;
}

void ScriptedAdmin::refuse(const std::string &request, const std::string &type, const std::string &message)
{
    const std::lock_guard lock(m_mutex);
    m_answers[request] = "2\0"s + type + "\0"s + "\0"s + message + "\0"s;
}

void ScriptedAdmin::tellAfter(const std::string &request, const std::string &subject, const std::string &event)
{
    const std::lock_guard lock(m_mutex);
    m_events.emplace(request, frame(subject, event));
}

std::vector<std::string> ScriptedAdmin::requests()
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

void ScriptedAdmin::forgetRequests()
{
    const std::lock_guard lock(m_mutex);
    m_requests.clear();
}

void ScriptedAdmin::serve()
{
    for (;;) {
        std::array<pollfd, 3> waiting{{{.fd = m_listeners[0].get(), .events = POLLIN, .revents = 0},
                                       {.fd = m_listeners[1].get(), .events = POLLIN, .revents = 0},
                                       {.fd = m_stopRead.get(), .events = POLLIN, .revents = 0}}};
        (void)::poll(waiting.data(), waiting.size(), -1);
        if (waiting[2].revents != 0) {
            return;
        }
        for (std::size_t i = 0; i < 2; ++i) {
            if (waiting.at(i).revents != 0) {
                serveOne(waiting.at(i).fd);
            }
        }
    }
}

void ScriptedAdmin::serveOne(int listener)
{
    UniqueFd connection(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) {
        return;
    }
    const std::string request = written(readAll(connection));
    const std::lock_guard lock(m_mutex);
    m_requests.push_back(request);
    if (request == "admin.Events dom0") {
        writeAll(connection, frame({}, "connection-established"));
        m_streams.push_back(std::move(connection));
        return;
    }
    reply(connection, request);
}

void ScriptedAdmin::reply(const UniqueFd &connection, const std::string &request)
{
    if (const auto known = m_answers.find(request); known != m_answers.end()) {
        writeAll(connection, known->second);
    }
    const auto [first, last] = m_events.equal_range(request);
    for (auto event = first; event != last; ++event) {
        for (const UniqueFd &stream : m_streams) {
            // A command of before may have gone.
            (void)::send(stream.get(), event->second.data(), event->second.size(), MSG_NOSIGNAL);
        }
    }
}

} // namespace Bulkhead::Test
