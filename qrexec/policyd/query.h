// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/request.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// Most bytes of a query: a service of L-16 and the names beside it.
inline constexpr std::size_t MaxQuery = std::size_t{66} * 1024;

/// What somebody asks the policy's daemon.
struct Query {
    Policy::Request request;
    bool assumeYesForAsk = false; ///< a question counts as answered with the requested target
    bool justEvaluate = false;    ///< nothing is to happen: nobody is asked or told
    bool isExplained = false;     ///< with justEvaluate: which line of the policy says so, too
    bool isChosen = false;        ///< with justEvaluate: the person has pointed at this target

    friend bool operator==(const Query &, const Query &) = default;
};

/// The text of a query, as far as it has come: nothing while its end, an empty line, is missing.
[[nodiscard]] std::optional<std::string_view> completeQuery(std::string_view received);

/// Lines `key=value`, without the empty one. Strict: any other key, one twice or missing, or a byte outside ASCII is an
/// error, on which the connection is closed without an answer.
/// @errors BadField
/// @source spec qrexec, 22.1
[[nodiscard]] Result<Query> parseQuery(std::string_view text);

} // namespace Bulkhead::Qrexec
