// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/policyrequest.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "vchan-io/wire/calls/servicehead.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace Bulkhead::PolicyAdmin
{

namespace
{

constexpr std::string_view DigestPrefix = "sha256:";

std::unexpected<Refusal> refuse(ErrorClass kind, std::string message)
{
    return std::unexpected(Refusal{.kind = kind, .message = std::move(message)});
}

std::unexpected<Refusal> protocolError(std::string message)
{
    return refuse(ErrorClass::Protocol, std::move(message));
}

std::optional<unsigned> valueOf(char digit)
{
    if (Ascii::isDigit(digit)) {
        return static_cast<unsigned>(digit - '0');
    }
    if (digit >= 'a' && digit <= 'f') {
        return static_cast<unsigned>(digit - 'a') + 10;
    }
    return std::nullopt;
}

/// What a service or an argument of one is made of.
bool isServiceWord(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '_' || c == '-' || c == '.';
    });
}

Answered<void> expectNoPayload(std::string_view payload)
{
    if (!payload.empty()) {
        return protocolError("this call takes no input");
    }
    return {};
}

Answered<PolicyFile> fileOf(Folder folder, const ServiceHead &head)
{
    if (head.argument.empty()) {
        return protocolError("the name of a file is missing");
    }
    auto file = PolicyFile::parse(folder, head.argument);
    if (!file) {
        return refuse(ErrorClass::InvalidFileName, file.error().text());
    }
    return *std::move(file);
}

Answered<Token> tokenOf(std::string_view text)
{
    auto token = parseToken(text);
    if (!token) {
        return protocolError(token.error().text());
    }
    return *token;
}

Answered<std::string> serviceOf(const ServiceHead &head)
{
    if (!isServiceWord(head.argument)) {
        return protocolError("the argument is no name of a service");
    }
    return head.argument;
}

Answered<Request> parseList(Folder folder, const ServiceHead &head, std::string_view payload)
{
    if (!head.argument.empty()) {
        return protocolError("this call takes no argument");
    }
    BH_CHECK(expectNoPayload(payload));
    return List{.folder = folder};
}

Answered<Request> parseGet(Folder folder, const ServiceHead &head, std::string_view payload)
{
    BH_CHECK(expectNoPayload(payload));
    BH_TRY(auto file, fileOf(folder, head));
    return Get{.file = std::move(file)};
}

Answered<Request> parseReplace(Folder folder, const ServiceHead &head, std::string_view payload)
{
    BH_TRY(auto file, fileOf(folder, head));
    if (!file.mayBeWritten()) {
        return refuse(ErrorClass::InvalidFileName,
                      formatted("{}: a policy with capitals in the name of a file denies every call", file.name()));
    }
    const auto end = payload.find('\n');
    if (end == std::string_view::npos) {
        return protocolError("the input has no line with a token");
    }
    BH_TRY(auto token, tokenOf(payload.substr(0, end)));
    return Replace{.file = std::move(file), .token = token, .content = std::string(payload.substr(end + 1))};
}

Answered<Request> parseRemove(Folder folder, const ServiceHead &head, std::string_view payload)
{
    BH_TRY(auto file, fileOf(folder, head));
    BH_TRY(auto token, tokenOf(payload));
    return Remove{.file = std::move(file), .token = token};
}

Answered<Request> parseGetFiles(Folder /*folder*/, const ServiceHead &head, std::string_view payload)
{
    BH_CHECK(expectNoPayload(payload));
    BH_TRY(auto service, serviceOf(head));
    return GetFiles{.service = std::move(service)};
}

Answered<QubeName> qubeOf(std::string_view text)
{
    auto name = QubeName::parse(text);
    if (!name) {
        return protocolError("an argument is registered for a qube, by its name");
    }
    return *std::move(name);
}

Answered<Request> parseRegisterArgument(Folder /*folder*/, const ServiceHead &head, std::string_view payload)
{
    BH_TRY(auto service, serviceOf(head));
    if (payload.size() > MaxRegisteredValue || !isServiceWord(payload)) {
        return protocolError("the input is no argument that can be registered");
    }
    BH_TRY(auto backend, qubeOf(head.source));
    BH_TRY(auto frontend, qubeOf(head.targetKind == ServiceTarget::Name ? std::string_view(head.target) : ""));
    return RegisterArgument{.service = std::move(service),
                            .value = std::string(payload),
                            .frontend = std::move(frontend),
                            .backend = std::move(backend)};
}

struct Row {
    std::string_view service;
    Folder folder;
    Answered<Request> (*parse)(Folder folder, const ServiceHead &head, std::string_view payload);
};

constexpr std::array Rows{
    Row{"policy.List", Folder::Policy, parseList},
    Row{"policy.include.List", Folder::Include, parseList},
    Row{"policy.Get", Folder::Policy, parseGet},
    Row{"policy.include.Get", Folder::Include, parseGet},
    Row{"policy.Replace", Folder::Policy, parseReplace},
    Row{"policy.include.Replace", Folder::Include, parseReplace},
    Row{"policy.Remove", Folder::Policy, parseRemove},
    Row{"policy.include.Remove", Folder::Include, parseRemove},
    Row{"policy.GetFiles", Folder::Policy, parseGetFiles},
    Row{"policy.RegisterArgument", Folder::Policy, parseRegisterArgument},
};

} // namespace

Result<Token> parseToken(std::string_view text)
{
    if (text == "any") {
        return AnyContent{};
    }
    if (text == "new") {
        return NoFile{};
    }
    Digest digest{};
    if (!text.starts_with(DigestPrefix) || text.size() != DigestPrefix.size() + (2 * digest.size())) {
        return fail(Errc::BadField, "a token is any, new, or sha256: and 64 digits");
    }
    text.remove_prefix(DigestPrefix.size());
    for (std::byte &byte : digest) {
        const auto high = valueOf(text[0]);
        const auto low = valueOf(text[1]);
        if (!high || !low) {
            return fail(Errc::BadField, "a token's digits are 0 to 9 and a to f");
        }
        byte = static_cast<std::byte>((*high << 4U) | *low);
        text.remove_prefix(2);
    }
    return digest;
}

std::string tokenText(const Digest &digest)
{
    std::string text(DigestPrefix);
    for (const std::byte byte : digest) {
        text += formatted("{:02x}", std::to_integer<unsigned>(byte));
    }
    return text;
}

Answered<Request> parseRequest(std::string_view bytes)
{
    const auto cut = cutRequest(bytes);
    if (!cut) {
        return protocolError(cut.error().text());
    }
    if (cut->payload.size() > MaxPayload) {
        return protocolError("the input is too long");
    }
    const auto head = parseServiceHead(cut->head);
    if (!head) {
        return protocolError(head.error().text());
    }
    const auto *const row = std::ranges::find(Rows, head->service, &Row::service);
    if (row == Rows.end()) {
        return protocolError("there is no such call");
    }
    return row->parse(row->folder, *head, cut->payload);
}

} // namespace Bulkhead::PolicyAdmin
