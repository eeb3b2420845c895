// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/consoletail.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "base/printable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace Bulkhead
{

namespace
{

constexpr off_t MaxTail = 4096;
constexpr std::size_t MaxLines = 8;

std::vector<std::string> lastLinesOf(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty() && lines.size() < MaxLines) {
        const auto end = text.find_last_not_of("\r\n");
        if (end == std::string_view::npos) {
            break;
        }
        text = text.substr(0, end + 1);
        const auto begin = text.find_last_of('\n');
        lines.push_back(printable(text.substr(begin == std::string_view::npos ? 0 : begin + 1)));
        text = text.substr(0, begin == std::string_view::npos ? 0 : begin);
    }
    std::ranges::reverse(lines);
    return lines;
}

} // namespace

std::filesystem::path consoleLogOf(const std::filesystem::path &directory, const QubeName &qube)
{
    return directory / formatted("guest-{}.log", qube.text());
}

std::vector<std::string> consoleTail(const std::filesystem::path &log)
{
    const UniqueFd fd(::open(log.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status = {};
    if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return {};
    }
    std::array<char, MaxTail> bytes{};
    const auto got = ::pread(fd.get(), bytes.data(), bytes.size(), std::max<off_t>(0, status.st_size - MaxTail));
    return got > 0 ? lastLinesOf({bytes.data(), static_cast<std::size_t>(got)}) : std::vector<std::string>{};
}

} // namespace Bulkhead
