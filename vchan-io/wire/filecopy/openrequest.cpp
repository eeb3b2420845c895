// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/filecopy/openrequest.h"

#include "base/ascii.h"
#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/safetext.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::string_view ViewPrefix = "view-only-";
constexpr std::array<std::string_view, 3> Schemes{"http://", "https://", "ftp://"};

bool isPlain(char c)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view("._+@-").contains(c);
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool startsWithScheme(std::string_view address, std::string_view scheme)
{
    return address.size() > scheme.size() && std::ranges::equal(address.substr(0, scheme.size()), scheme, {}, lower);
}

} // namespace

Result<OpenRequest> parseOpenRequest(std::span<const std::byte> field)
try {
    BH_ASSERT(field.size() == OpenNameSize);
    std::string_view text = textInField(field);
    const bool isView = text.starts_with(ViewPrefix);
    text.remove_prefix(isView ? ViewPrefix.size() : 0);
    if (text.empty() || text == "." || text == ".." || text.contains('/')) {
        return fail(Errc::BadField, "the name is none of a file");
    }
    OpenRequest request{.name = std::string(text), .mode = isView ? OpenMode::View : OpenMode::Edit};
    std::ranges::replace_if(
        request.name,
        [](char c) {
            return !isPlain(c);
        },
        '_');
    return request;
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

std::vector<std::byte> buildOpenRequest(std::string_view name, OpenMode mode)
{
    std::string text(mode == OpenMode::View ? ViewPrefix : std::string_view());
    const std::size_t room = OpenNameSize - 1 - text.size();
    text += name.substr(name.size() - std::min(name.size(), room));
    WireWriter out(OpenNameSize);
    out.fixedText(text, OpenNameSize);
    return std::move(out).take();
}

Result<std::string> parseAddress(std::string_view line)
try {
    if (line.size() > MaxAddress) {
        return fail(Errc::TooMuch, "the address is too long");
    }
    const bool isKnown = std::ranges::any_of(Schemes, [line](std::string_view scheme) {
        return startsWithScheme(line, scheme);
    });
    const bool isPrintable = std::ranges::all_of(line, [](char c) {
        return Ascii::isPrintable(c) && c != ' ' && c != '"' && c != '\'' && c != '\\' && c != '`';
    });
    if (!isKnown || !isPrintable) {
        return fail(Errc::BadField, "the address is none of http, https or ftp");
    }
    return std::string(line);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::FileCopy
