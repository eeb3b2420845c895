// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/daemon.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/cli/adminclient.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Bulkhead::Cli
{

namespace
{

/// Most connections that are open at a time; the daemon takes many more.
constexpr std::size_t Batch = 32;

/// What the exceptions' names mean for a command. Others are Refused.
constexpr std::array<std::pair<std::string_view, Errc>, 15> Meanings{{
    {"QubesVMNotFoundError", Errc::BadValue},
    {"QubesVMInvalidUUIDError", Errc::BadValue},
    {"QubesNoSuchPropertyError", Errc::NotFound},
    {"QubesFeatureNotFoundError", Errc::NotFound},
    {"QubesTagNotFoundError", Errc::NotFound},
    {"QubesLabelNotFoundError", Errc::NotFound},
    {"QubesVMInUseError", Errc::InUse},
    {"QubesPoolInUseError", Errc::InUse},
    {"QubesVMNotStartedError", Errc::WrongState},
    {"QubesVMNotRunningError", Errc::WrongState},
    {"QubesVMNotHaltedError", Errc::WrongState},
    {"QubesVMNotPausedError", Errc::WrongState},
    {"QubesVMShutdownTimeoutError", Errc::TimedOut},
    {"DeviceNotAssigned", Errc::NotFound},
    {"DeviceNotFound", Errc::NotFound},
}};

Errc meaningOf(std::string_view type)
{
    const auto *const known = std::ranges::find(Meanings, type, &std::pair<std::string_view, Errc>::first);
    return known == Meanings.end() ? Errc::Refused : known->second;
}

/// A header's fields are set apart by spaces and ended by a zero byte; everything in it is ASCII.
Result<void> checkWord(std::string_view word, std::string_view what)
{
    const auto fits = [](char c) {
        return Ascii::isPrintable(c) && c != ' ';
    };
    if (!std::ranges::all_of(word, fits)) {
        return fail(Errc::BadValue, formatted("{} '{}' has a character that cannot be part of one", what, word));
    }
    return {};
}

Result<std::string> serviceOf(const Request &request)
{
    if (request.qube.empty()) {
        return fail(Errc::BadValue, "a qube's name cannot be empty");
    }
    BH_CHECK(checkWord(request.qube, "the qube's name"));
    BH_CHECK(checkWord(request.argument, "the name"));
    BH_CHECK(checkWord(request.method, "the name"));
    return request.argument.empty() ? request.method : formatted("{}+{}", request.method, request.argument);
}

Result<std::string> understand(const Request &request, std::string_view answer)
{
    Reply reply = parseReply(answer);
    switch (reply.kind) {
    case Reply::Kind::Content:
        return std::move(reply.text);
    case Reply::Kind::Refusal:
        return fail(meaningOf(reply.type), reply.text.empty() ? std::move(reply.type) : std::move(reply.text));
    case Reply::Kind::Nothing:
        break;
    }
    return fail(Errc::PeerGone,
                formatted("bulkheadd gave no answer to {} for {}: it does not know the call, or does not allow it; "
                          "its log tells which",
                          request.method,
                          request.qube));
}

Result<UniqueFd> send(const std::filesystem::path &socket, const Request &request)
{
    BH_TRY(const std::string service, serviceOf(request));
    return sendRequest(socket, service, request.qube, request.payload);
}

Result<std::string> receive(const Request &request, const Result<UniqueFd> &connection)
{
    if (!connection) {
        return std::unexpected(connection.error());
    }
    BH_TRY(const std::string answer, readAnswer(*connection));
    return understand(request, answer);
}

} // namespace

Result<std::string> Daemon::call(const Request &request) const
{
    return receive(request, send(adminSocket(), request));
}

Result<std::string> Daemon::callInternal(const Request &request) const
{
    return receive(request, send(m_run / "qubesd.internal.sock", request));
}

Result<std::string> Daemon::callWithStream(const Request &request, const NextBytes &next) const
{
    BH_TRY(const std::string service, serviceOf(request));
    BH_TRY(const UniqueFd connection, beginRequest(adminSocket(), service, request.qube));
    auto sent = sendBytes(connection, request.payload);
    while (sent) {
        BH_TRY(const std::string_view bytes, next());
        if (bytes.empty()) {
            sent = endRequest(connection);
            break;
        }
        sent = sendBytes(connection, bytes);
    }
    if (!sent && sent.error().code != Errc::PeerGone) {
        return std::unexpected(std::move(sent).error());
    }
    BH_TRY(const std::string answer, readAnswer(connection));
    return understand(request, answer);
}

std::vector<Result<std::string>> Daemon::callEach(std::span<const Request> requests) const
{
    std::vector<Result<std::string>> answers;
    answers.reserve(requests.size());
    while (!requests.empty()) {
        const auto batch = requests.first(std::min(requests.size(), Batch));
        std::vector<Result<UniqueFd>> connections;
        connections.reserve(batch.size());
        for (const Request &request : batch) {
            connections.push_back(send(adminSocket(), request));
        }
        for (std::size_t i = 0; i < batch.size(); ++i) {
            answers.push_back(receive(batch[i], connections[i]));
        }
        requests = requests.subspan(batch.size());
    }
    return answers;
}

Result<UniqueFd> Daemon::openEvents() const
{
    return send(adminSocket(), {.method = "admin.Events"});
}

std::vector<std::string> linesOf(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

} // namespace Bulkhead::Cli
