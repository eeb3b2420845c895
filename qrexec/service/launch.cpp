// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/launch.h"

#include "base/unixaddress.h"
#include "qrexec/process/pipe.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

Result<void> tellAbout(const UniqueFd &socket, const std::string &first)
{
    if (!first.empty() && ::send(socket.get(), first.data(), first.size(), MSG_NOSIGNAL) != std::ssize(first)) {
        return failErrno(errno, "telling the service about the call");
    }
    return {};
}

/// Connects to a service's socket. Its own programs accept at once, and a full queue is an error.
Result<UniqueFd> connectTo(const PreparedSocket &prepared)
{
    BH_TRY(UniqueFd socket, connectToUnixSocket(prepared.path, SOCK_STREAM | SOCK_NONBLOCK));
    BH_CHECK(tellAbout(socket, prepared.firstBytes));
    return socket;
}

/// Connects to a service's address. Waits for that: only a qube has such services, and there each call has a process of
/// its own.
Result<UniqueFd> connectTo(const PreparedTcp &prepared)
{
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo *found = nullptr;
    const std::string port = std::to_string(prepared.address.port);
    if (::getaddrinfo(prepared.address.host.c_str(), port.c_str(), &wanted, &found) != 0) {
        return fail(Errc::BadValue, "the service's address is none");
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
    UniqueFd socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket || ::connect(socket.get(), found->ai_addr, found->ai_addrlen) != 0) {
        return failErrno(errno, "connecting to the service's address");
    }
    BH_CHECK(tellAbout(socket, prepared.firstBytes));
    BH_CHECK(makeNonBlocking(socket.get()));
    return socket;
}

template<typename Peer> Result<Launched> launchSocket(const Peer &prepared)
{
    BH_TRY(UniqueFd socket, connectTo(prepared));
    BH_TRY(UniqueFd reading, sharedDescriptor(socket));
    return Launched{
        .streams = {.input = std::move(socket), .output = std::move(reading), .error = {}},
        .rules = prepared.rules,
        .child = std::nullopt,
    };
}

Result<Launched> launchProgram(const PreparedProgram &prepared, ErrorsGo errors)
{
    // Where errors go to the caller this is a qube's end: a service there may say that it writes to its input's socket.
    const bool mayMerge = errors == ErrorsGo::ToCaller;
    BH_TRY(Pipe input, mayMerge ? Pipe::socketBothWays() : Pipe::toChild());
    BH_TRY(Pipe output, Pipe::fromChild());
    Pipe error;
    UniqueFd inputsOther;
    if (mayMerge) {
        BH_TRY(error, Pipe::fromChild());
        BH_TRY(inputsOther, sharedDescriptor(input.ours));
    }
    BH_TRY(Child child,
           Child::start(prepared.program,
                        {.input = input.theirs.get(),
                         .output = output.theirs.get(),
                         .error = error.theirs ? error.theirs.get() : STDERR_FILENO},
                        Session::Own,
                        prepared.identity));
    return Launched{
        .streams = {.input = std::move(input.ours),
                    .output = std::move(output.ours),
                    .error = std::move(error.ours),
                    .inputsOther = std::move(inputsOther)},
        .rules = {},
        .child = std::move(child),
    };
}

} // namespace

Result<Launched> launch(const Prepared &prepared, ErrorsGo errors)
{
    if (const auto *const socket = std::get_if<PreparedSocket>(&prepared)) {
        return launchSocket(*socket);
    }
    if (const auto *const address = std::get_if<PreparedTcp>(&prepared)) {
        return launchSocket(*address);
    }
    return launchProgram(std::get<PreparedProgram>(prepared), errors);
}

Result<void> launchDetached(const Prepared &prepared)
{
    if (const auto *const socket = std::get_if<PreparedSocket>(&prepared)) {
        BH_TRY(const UniqueFd connected, connectTo(*socket));
        return {};
    }
    if (const auto *const address = std::get_if<PreparedTcp>(&prepared)) {
        BH_TRY(const UniqueFd connected, connectTo(*address));
        return {};
    }
    const auto &program = std::get<PreparedProgram>(prepared);
    BH_TRY(const UniqueFd null, openNull());
    // From now on the program is nobody's concern but this domain's.
    BH_TRY(const Child child,
           Child::start(program.program, {null.get(), null.get(), null.get()}, Session::Own, program.identity));
    return {};
}

} // namespace Bulkhead::Qrexec
