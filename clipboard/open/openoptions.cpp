// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/openoptions.h"

#include "base/ascii.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace Bulkhead::FileCopy
{

Result<OpenOptions> parseOpenOptions(std::span<char *const> arguments)
{
    const std::string_view program = arguments.empty() ? std::string_view() : arguments.front();
    const bool isDisposable = program.ends_with("qvm-open-in-dvm");
    OpenOptions options;
    std::vector<std::string> words;
    bool takesOptions = true;
    for (const std::string_view word : arguments.subspan(arguments.empty() ? 0 : 1)) {
        if (takesOptions && word == "--") {
            takesOptions = false;
        } else if (takesOptions && word == "--view-only") {
            options.mode = OpenMode::View;
        } else if (takesOptions && (word == "-h" || word == "--help")) {
            options.isHelp = true;
        } else if (takesOptions && word.starts_with('-')) {
            return fail(Errc::BadValue, "unknown option");
        } else {
            words.emplace_back(word);
        }
    }
    if (options.isHelp) {
        return options;
    }
    if (words.size() != (isDisposable ? 1 : 2) || words.front().empty() || words.back().empty()) {
        return fail(Errc::BadValue, isDisposable ? "one file is needed" : "the name of a qube and one file are needed");
    }
    options.target = isDisposable ? std::string(DisposableTarget) : words.front();
    options.what = words.back();
    if (options.target.starts_with('-')) {
        return fail(Errc::BadValue, "that is no name of a qube");
    }
    return options;
}

const char *openUsage()
{
    return "usage: qvm-open-in-vm [--view-only] [--] QUBE FILE-OR-ADDRESS\n"
           "       qvm-open-in-dvm [--view-only] [--] FILE-OR-ADDRESS\n"
           "  --view-only  what is changed there does not come back\n";
}

bool looksLikeAddress(std::string_view text)
{
    const std::size_t colon = text.find("://");
    return colon != std::string_view::npos && colon > 0 && std::ranges::all_of(text.substr(0, colon), [](char c) {
               return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '+' || c == '-' || c == '.';
           });
}

} // namespace Bulkhead::FileCopy
