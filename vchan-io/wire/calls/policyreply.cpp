// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/policyreply.h"

#include "base/formatted.h"

#include <utility>

namespace Bulkhead::PolicyAdmin
{

std::string_view nameOf(ErrorClass error)
{
    switch (error) {
    case ErrorClass::General:
        return "PolicyAdminException";
    case ErrorClass::Token:
        return "PolicyAdminTokenException";
    case ErrorClass::FileNotFound:
        return "PolicyAdminFileNotFoundException";
    case ErrorClass::Protocol:
        return "PolicyAdminProtocolException";
    case ErrorClass::Syntax:
        return "PolicyAdminSyntaxException";
    case ErrorClass::InvalidFileName:
        return "PolicyAdminInvalidFileNameException";
    case ErrorClass::InvalidFilePath:
        return "PolicyAdminInvalidFilePathException";
    }
    std::unreachable();
}

Reply replyOf(const Answered<std::string> &answer)
{
    if (answer) {
        return {.kind = Reply::Kind::Content, .text = *answer};
    }
    return {.kind = Reply::Kind::Refused,
            .text = formatted("{} {}", nameOf(answer.error().kind), answer.error().message)};
}

std::string buildReply(const Reply &reply)
{
    switch (reply.kind) {
    case Reply::Kind::Content:
        return std::string("0\0", 2) + reply.text;
    case Reply::Kind::Refused:
        return std::string("1\0", 2) + reply.text;
    case Reply::Kind::Broken:
        return std::string("2\0", 2) + reply.text;
    }
    std::unreachable();
}

Result<Reply> parseReply(std::string_view bytes)
{
    if (bytes.size() < 2) {
        return fail(Errc::ShortMessage, "the answer has no beginning");
    }
    if (bytes.size() > MaxReply) {
        return fail(Errc::LongMessage, "the answer is too long");
    }
    const std::string text(bytes.substr(2));
    if (bytes[1] == '\0') {
        switch (bytes[0]) {
        case '0':
            return Reply{.kind = Reply::Kind::Content, .text = text};
        case '1':
            return Reply{.kind = Reply::Kind::Refused, .text = text};
        case '2':
            return Reply{.kind = Reply::Kind::Broken, .text = text};
        default:
            break;
        }
    }
    return fail(Errc::BadField, "the answer begins with no kind");
}

} // namespace Bulkhead::PolicyAdmin
