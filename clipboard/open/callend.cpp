// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/callend.h"

#include "base/formatted.h"
#include "clipboard/files/sources.h"
#include "clipboard/open/opener.h"

namespace Bulkhead::FileCopy
{

namespace
{

constexpr int StatusProblem = 125; ///< something is wrong there
constexpr int StatusRefused = 126;
constexpr int StatusNoService = 127;
constexpr int StatusConnectionLost = 255;

/// A person knows a qube by its name, not by the words of the policy.
std::string placeIn(const OpenOptions &options)
{
    if (options.isDisposable()) {
        return "the disposable";
    }
    return options.target == DefaultTarget ? "the other qube" : options.target;
}

} // namespace

std::string callEndInWords(int status, const OpenOptions &options)
{
    const std::string what = shownPath(options.what);
    const std::string place = placeIn(options);
    switch (status) {
    case StatusNoProgram:
        return formatted("{} has no program that opens {}: install one there, or open it in another qube", place, what);
    case StatusProgramFailed:
        return formatted("the program of {} that opens {} failed; nothing came back", place, what);
    case StatusProblem:
        return formatted("{} cannot be opened in {}: its services are not set up as they should be", what, place);
    case StatusRefused:
        return formatted("the call was refused, by the policy or by who was asked: {} was not opened", what);
    case StatusNoService:
        return formatted("{} does not open things for other qubes: it has no service for that", place);
    case StatusConnectionLost:
        return formatted("the connection to {} was lost: what was changed there did not come back", place);
    default:
        return formatted("the call ended with status {}: nothing of {} came back", status, what);
    }
}

} // namespace Bulkhead::FileCopy
