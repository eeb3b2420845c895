// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/urilist.h"

#include "base/formatted.h"
#include "vchan-io/wire/dragagentmessages.h"

#include <algorithm>
#include <array>
#include <optional>

namespace Bulkhead::Drag
{

namespace
{

constexpr std::string_view Scheme = "file://";
/// What lies there is no person's file.
constexpr std::array<std::string_view, 3> NoFiles{"proc", "sys", "dev"};

std::optional<int> hexDigit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? std::optional(c - 'A' + 10) : std::nullopt;
}

Result<std::string> decode(std::string_view text)
{
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded.push_back(text[at]);
            continue;
        }
        const auto high = at + 2 < text.size() ? hexDigit(text[at + 1]) : std::nullopt;
        const auto low = at + 2 < text.size() ? hexDigit(text[at + 2]) : std::nullopt;
        if (!high || !low) {
            return fail(Errc::BadValue, "a URI with a broken escape");
        }
        decoded.push_back(static_cast<char>(*high * 16 + *low));
        at += 2;
    }
    return decoded;
}

Result<void> judge(std::string_view path)
{
    if (path.size() < 2 || path.contains('\0')) {
        return fail(Errc::BadValue, "a URI without a file");
    }
    for (std::size_t at = 1; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view part = path.substr(at, end - at);
        const bool isLastOfDirectory = part.empty() && end == path.size() && at > 1; // a slash at the end
        if ((part.empty() && !isLastOfDirectory) || part == "." || part == "..") {
            return fail(Errc::BadValue, "a path with an empty part, . or ..");
        }
        if (at == 1 && std::ranges::contains(NoFiles, part)) {
            return fail(Errc::BadValue, "what is no file of a person");
        }
        at = end + 1;
    }
    return {};
}

Result<std::string> pathOf(std::string_view uri, std::string_view hostName)
{
    if (!uri.starts_with(Scheme)) {
        return fail(Errc::BadValue, "a URI that is no file");
    }
    uri.remove_prefix(Scheme.size());
    const std::size_t slash = uri.find('/');
    const std::string_view host = uri.substr(0, slash);
    if (slash == std::string_view::npos || (!host.empty() && host != "localhost" && host != hostName)) {
        return fail(Errc::BadValue, "a file of another system");
    }
    BH_TRY(std::string path, decode(uri.substr(slash)));
    BH_CHECK(judge(path));
    return path;
}

bool staysAsItIs(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || std::string_view("/-._~").contains(c);
}

} // namespace

Result<std::vector<std::string>> parseUriList(std::string_view text, std::string_view hostName)
{
    if (text.size() > LongestUriList) {
        return fail(Errc::TooMuch, "a longer list than one drag may have");
    }
    std::vector<std::string> paths;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (line.ends_with('\r') || line.ends_with('\0')) { // some programs end their texts like C
            line.remove_suffix(1);
        }
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        if (paths.size() == MostFiles) {
            return fail(Errc::TooMuch, formatted("more than {} files in one drag", MostFiles));
        }
        BH_TRY(std::string path, pathOf(line, hostName));
        paths.push_back(std::move(path));
    }
    return paths;
}

std::string buildUriList(const std::vector<std::string> &paths)
{
    std::string list;
    for (const std::string &path : paths) {
        list += Scheme;
        for (const char c : path) {
            if (staysAsItIs(c)) {
                list.push_back(c);
            } else {
                list += formatted("%{:02X}", static_cast<unsigned char>(c));
            }
        }
        list += "\r\n";
    }
    return list;
}

} // namespace Bulkhead::Drag
