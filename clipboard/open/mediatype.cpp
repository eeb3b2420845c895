// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/mediatype.h"

#include "base/fd.h"
#include "base/number.h"
#include "clipboard/files/sources.h"
#include "clipboard/open/openoptions.h"
#include "clipboard/open/transfer.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

/// So much of a file tells whether it is a text. Source: shared MIME-info specification, recommended checking order.
constexpr std::size_t Beginning = 128;

std::string variable(const char *name, std::string_view otherwise)
{
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr || *value == '\0' ? std::string(otherwise) : std::string(value);
}

std::string inLowerCase(std::string text)
{
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// The databases, the person's own first.
std::vector<std::string> databases()
{
    std::vector<std::string> found{variable("XDG_DATA_HOME", variable("HOME", "/") + "/.local/share") + "/mime/globs2"};
    const std::string folders = variable("XDG_DATA_DIRS", "/usr/local/share:/usr/share");
    for (const auto folder : std::views::split(folders, ':')) {
        found.push_back(std::string(std::string_view(folder)) + "/mime/globs2");
    }
    return found;
}

bool fits(const NamePattern &pattern, const std::string &name, const std::string &lowerName)
{
    const std::string text(pattern.pattern);
    return ::fnmatch(text.c_str(), name.c_str(), 0) == 0
        || (!pattern.isExact && ::fnmatch(inLowerCase(text).c_str(), lowerName.c_str(), 0) == 0);
}

/// The type by the name; empty where no pattern fits. The greater weight counts, then the longer pattern.
std::string typeByName(const std::string &name)
{
    const std::string lowerName = inLowerCase(name);
    std::string type;
    std::pair<int, std::size_t> best{-1, 0};
    for (const std::string &database : databases()) {
        std::ifstream lines(database);
        for (std::string line; std::getline(lines, line);) {
            const auto pattern = parseNamePattern(line);
            if (!pattern) {
                continue;
            }
            const std::pair rank{pattern->weight, pattern->pattern.size()};
            if (rank > best && fits(*pattern, name, lowerName)) {
                best = rank;
                type = pattern->type;
            }
        }
    }
    return type;
}

bool looksLikeText(std::span<const std::byte> beginning)
{
    return std::ranges::none_of(beginning, [](std::byte byte) {
        const auto value = std::to_integer<unsigned>(byte);
        return (value < 0x20 && value != '\t' && value != '\n' && value != '\r' && value != '\f') || value == 0x7F;
    });
}

} // namespace

Result<NamePattern> parseNamePattern(std::string_view line)
{
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (line.starts_with('#') || second == std::string_view::npos) {
        return fail(Errc::BadValue, "no pattern of names");
    }
    const auto weight = numberIn<int>(line.substr(0, first));
    NamePattern pattern{.weight = weight.value_or(0), .type = line.substr(first + 1, second - first - 1)};
    const std::string_view rest = line.substr(second + 1);
    const std::size_t third = rest.find(':');
    pattern.pattern = rest.substr(0, third);
    pattern.isExact = third != std::string_view::npos && rest.substr(third).contains("cs");
    if (!weight || pattern.type.empty() || pattern.pattern.empty()) {
        return fail(Errc::BadValue, "no pattern of names");
    }
    return pattern;
}

Result<std::string> mediaTypeOf(const std::string &what)
{
    const UniqueFd file(::open(what.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file && errno == ENOENT && looksLikeAddress(what)) {
        return "x-scheme-handler/" + inLowerCase(what.substr(0, what.find(':')));
    }
    struct stat facts{};
    if (!file || ::fstat(file.get(), &facts) != 0) {
        return failErrno(errno, "opening " + shownPath(what));
    }
    if (!S_ISREG(facts.st_mode)) {
        return fail(Errc::BadValue, shownPath(what) + " is no file: only files can be opened elsewhere");
    }
    if (std::string type = typeByName(what.substr(what.rfind('/') + 1)); !type.empty()) {
        return type;
    }
    std::array<std::byte, Beginning> beginning{};
    BH_TRY(const std::size_t size, readUpTo(file.get(), beginning));
    return looksLikeText(std::span(beginning).first(size)) ? "text/plain" : "application/octet-stream";
}

} // namespace Bulkhead::FileCopy
