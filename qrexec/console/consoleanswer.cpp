// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/console/consoleanswer.h"

namespace Bulkhead::Qrexec
{

namespace
{

std::string_view takeField(std::string_view &bytes)
{
    const auto end = bytes.find('\0');
    const std::string_view field = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    return field;
}

} // namespace

Result<std::string> parseConsoleAnswer(std::string_view answer)
{
    constexpr std::string_view Success("0\0", 2);
    constexpr std::string_view Refusal("2\0", 2);
    if (answer.starts_with(Success)) {
        return std::string(answer.substr(Success.size()));
    }
    if (!answer.starts_with(Refusal)) {
        return fail(Errc::PeerGone, "the core does not say where the console is");
    }
    answer.remove_prefix(Refusal.size());
    (void)takeField(answer); // the kind
    (void)takeField(answer); // the trace
    return fail(Errc::Refused, std::string(takeField(answer)));
}

} // namespace Bulkhead::Qrexec
