// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/error.h"

#include "base/formatted.h"

#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace Bulkhead
{

std::string_view nameOf(Errc code)
{
    switch (code) {
    case Errc::ShortMessage:
        return "ShortMessage";
    case Errc::LongMessage:
        return "LongMessage";
    case Errc::BadField:
        return "BadField";
    case Errc::UnknownType:
        return "UnknownType";
    case Errc::WrongState:
        return "WrongState";
    case Errc::TooMuch:
        return "TooMuch";
    case Errc::RingViolation:
        return "RingViolation";
    case Errc::PeerGone:
        return "PeerGone";
    case Errc::TimedOut:
        return "TimedOut";
    case Errc::Refused:
        return "Refused";
    case Errc::NotFound:
        return "NotFound";
    case Errc::Exists:
        return "Exists";
    case Errc::InUse:
        return "InUse";
    case Errc::BadValue:
        return "BadValue";
    case Errc::Unsupported:
        return "Unsupported";
    case Errc::Io:
        return "Io";
    case Errc::Driver:
        return "Driver";
    }
    std::unreachable();
}

std::string Error::text() const
{
    if (sysErrno == 0) {
        return detail;
    }
    return formatted("{}: {}", detail, std::generic_category().message(sysErrno));
}

Error Error::in(std::string_view context) &&
{
    detail = formatted("{}: {}", context, detail);
    return std::move(*this);
}

std::unexpected<Error> fail(Errc code, std::string detail)
{
    return std::unexpected(Error{.code = code, .sysErrno = 0, .detail = std::move(detail)});
}

std::unexpected<Error> failErrno(int number, std::string detail)
{
    return std::unexpected(Error{.code = Errc::Io, .sysErrno = number, .detail = std::move(detail)});
}

void assertionFailed(const char *expression, const char *file, int line)
{
    (void)std::fprintf(stderr, "bulkhead: broken invariant: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

} // namespace Bulkhead
