// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/servicecall/servicecall.h"

#include "base/ascii.h"
#include "base/fd.h"
#include "base/formatted.h"
#include "base/qubename.h"
#include "base/unixaddress.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <vector>

namespace Bulkhead
{

namespace
{

constexpr std::size_t Chunk = 256UL * 1024;
constexpr std::size_t MaxArgument = 64;

struct Service {
    std::string_view name;
    std::string_view socket;
    bool sendsInput;
    bool isAboutTarget; ///< the others are about the caller, and said to dom0
};

constexpr std::array Services{
    Service{.name = "admin.vm.volume.Import", .socket = "qubesd.sock", .sendsInput = true, .isAboutTarget = true},
    Service{
        .name = "admin.vm.volume.ImportWithSize", .socket = "qubesd.sock", .sendsInput = true, .isAboutTarget = true},
    Service{.name = "qubes.FeaturesRequest", .socket = "qubesd.misc.sock", .sendsInput = false, .isAboutTarget = false},
    Service{.name = "qubes.NotifyTools", .socket = "qubesd.misc.sock", .sendsInput = false, .isAboutTarget = false},
    Service{.name = "qubes.NotifyUpdates", .socket = "qubesd.misc.sock", .sendsInput = true, .isAboutTarget = false},
};

Result<std::string> qubeFrom(const std::string &text, std::string_view what)
{
    if (text.empty()) {
        return fail(Errc::BadValue, formatted("{} is not told: this is a service, to be started by qrexec", what));
    }
    BH_TRY(const auto name, QubeName::parse(text));
    return name.text();
}

Result<std::string> targetFrom(const Environment &environment)
{
    if (environment("QREXEC_REQUESTED_TARGET_TYPE") == "keyword") {
        return environment("QREXEC_REQUESTED_TARGET_KEYWORD") == "adminvm"
            ? Result<std::string>("dom0")
            : fail(Errc::BadValue, "the target is not a qube");
    }
    return qubeFrom(environment("QREXEC_REQUESTED_TARGET"), "QREXEC_REQUESTED_TARGET");
}

Result<UniqueFd> connectTo(const std::filesystem::path &path)
{
    auto fd = connectToUnixSocket(path.string(), SOCK_STREAM);
    if (!fd && fd.error().code != Errc::BadValue) {
        return failErrno(fd.error().sysErrno, formatted("cannot reach the core at {}", path.string()));
    }
    return fd;
}

/// @return whether all of it went
bool sendAll(int socket, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return true;
}

Result<void> writeAll(int output, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(output, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, "cannot hand on the answer");
        }
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return {};
}

/// What is there, at most as much as fits; none at the end.
Result<std::string_view> readSome(int fd, std::vector<char> &buffer, std::string_view what)
{
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count >= 0) {
            return std::string_view(buffer.data(), static_cast<std::size_t>(count));
        }
        if (errno != EINTR) {
            return failErrno(errno, formatted("cannot read {}", what));
        }
    }
}

} // namespace

Result<ServiceCall> serviceCallOf(const std::filesystem::path &run,
                                  std::string_view program,
                                  std::string_view argument,
                                  const Environment &environment)
{
    const std::string_view name =
        program.substr(program.rfind('/') == std::string_view::npos ? 0 : program.rfind('/') + 1);
    const auto *const service = std::ranges::find(Services, name, &Service::name);
    if (service == Services.end()) {
        return fail(Errc::NotFound, formatted("{} is no service of the core", name));
    }
    const std::string text = argument.empty() ? environment("QREXEC_SERVICE_ARGUMENT") : std::string(argument);
    const bool isArgument = text.size() <= MaxArgument && std::ranges::all_of(text, [](char c) {
                                return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view("_.+:-").contains(c);
                            });
    if (!isArgument) {
        return fail(Errc::BadValue, "the argument holds what no argument of a service can");
    }
    BH_TRY(const std::string source, qubeFrom(environment("QREXEC_REMOTE_DOMAIN"), "QREXEC_REMOTE_DOMAIN"));
    std::string target = "dom0";
    if (service->isAboutTarget) {
        BH_TRY(target, targetFrom(environment));
    }
    std::string header = formatted("{}{}{} {} name {}", name, text.empty() ? "" : "+", text, source, target);
    header += '\0';
    return ServiceCall{.socket = run / service->socket, .header = std::move(header), .sendsInput = service->sendsInput};
}

Result<bool> makeServiceCall(const ServiceCall &call, int input, int output)
{
    BH_TRY(const UniqueFd socket, connectTo(call.socket));
    bool goesOn = sendAll(socket.get(), call.header);
    std::vector<char> buffer(Chunk);
    while (goesOn && call.sendsInput) {
        BH_TRY(const auto bytes, readSome(input, buffer, "what is to be sent"));
        goesOn = !bytes.empty() && sendAll(socket.get(), bytes); // a core that has refused already takes no more
    }
    (void)::shutdown(socket.get(), SHUT_WR); // fails only if the core is gone, which the answer tells
    std::string begin;
    for (;;) {
        BH_TRY(const auto bytes, readSome(socket.get(), buffer, "the answer"));
        if (bytes.empty()) {
            constexpr std::string_view Success("0\0", 2);
            return begin.starts_with(Success);
        }
        begin += begin.size() < 2 ? bytes.substr(0, 2) : std::string_view();
        BH_CHECK(writeAll(output, bytes));
    }
}

} // namespace Bulkhead
