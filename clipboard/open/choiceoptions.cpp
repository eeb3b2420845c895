// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/choiceoptions.h"

#include "base/number.h"

#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::string_view FileScheme = "file://";

std::optional<char> hexByte(std::string_view digits)
{
    const auto value = digits.size() == 2 ? numberIn<unsigned>(digits, 16) : std::nullopt;
    return value && *value != 0 ? std::optional(static_cast<char>(*value)) : std::nullopt;
}

/// Desktops name files as addresses where a program takes both. Source: RFC 8089; a host but ours is none of it.
Result<std::string> pathOf(std::string_view address)
{
    address.remove_prefix(FileScheme.size());
    if (address.starts_with("localhost/")) {
        address.remove_prefix(address.find('/'));
    }
    std::string path;
    for (std::size_t i = 0; i < address.size(); ++i) {
        if (address[i] != '%') {
            path += address[i];
            continue;
        }
        const auto byte = hexByte(address.substr(i + 1, 2));
        if (!byte) {
            return fail(Errc::BadValue, "that address of a file cannot be read");
        }
        path += *byte;
        i += 2;
    }
    return path.starts_with('/') ? Result<std::string>(path)
                                 : fail(Errc::BadValue, "that is the address of a file of another computer");
}

/// The words behind the options.
Result<std::vector<std::string>> takeOptions(std::span<char *const> arguments, ChoiceOptions &options)
{
    using Deed = ChoiceOptions::Deed;
    std::vector<std::string> words;
    bool takesOptions = true;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        if (!takesOptions || !word.starts_with('-')) {
            words.emplace_back(word);
        } else if (word == "--") {
            takesOptions = false;
        } else if (word == "--to" && i + 1 < arguments.size()) {
            options.target = arguments[++i];
        } else if (word == "--view-only") {
            options.mode = OpenMode::View;
        } else if (word == "--remember") {
            options.remembers = true;
        } else if (word == "--list") {
            options.deed = Deed::List;
        } else if (word == "--choose") {
            options.deed = Deed::Choose;
        } else if (word == "--forget") {
            options.deed = Deed::Forget;
        } else if (word == "-h" || word == "--help") {
            options.deed = Deed::Help;
        } else {
            return fail(Errc::BadValue, "unknown option, or one that lacks its value");
        }
    }
    return words;
}

std::size_t wordsFor(ChoiceOptions::Deed deed)
{
    switch (deed) {
    case ChoiceOptions::Deed::Open:
    case ChoiceOptions::Deed::Forget:
        return 1;
    case ChoiceOptions::Deed::Choose:
        return 2;
    case ChoiceOptions::Deed::List:
    case ChoiceOptions::Deed::Help:
        return 0;
    }
    std::unreachable();
}

} // namespace

Result<ChoiceOptions> parseChoiceOptions(std::span<char *const> arguments)
{
    ChoiceOptions options;
    BH_TRY(std::vector<std::string> words, takeOptions(arguments, options));
    if (options.deed == ChoiceOptions::Deed::Help) {
        return options;
    }
    if (words.size() != wordsFor(options.deed)) {
        return fail(Errc::BadValue, "the words do not fit: one file or address, or what the option needs");
    }
    if (!words.empty()) {
        options.what = words.front();
    }
    if (options.deed == ChoiceOptions::Deed::Choose) {
        options.target = words.back();
    }
    if (options.deed == ChoiceOptions::Deed::Open && options.what.starts_with(FileScheme)) {
        BH_TRY(options.what, pathOf(options.what));
    }
    if (options.remembers && (!options.target || options.deed != ChoiceOptions::Deed::Open)) {
        return fail(Errc::BadValue, "--remember needs --to, and something to open");
    }
    if (options.target) {
        BH_CHECK(checkTarget(*options.target));
    }
    return options;
}

const char *choiceUsage()
{
    return "usage: bulkhead-open [--to TARGET [--remember]] [--view-only] [--] FILE-OR-ADDRESS\n"
           "       bulkhead-open [--view-only] --choose TYPE TARGET\n"
           "       bulkhead-open --forget TYPE\n"
           "       bulkhead-open --list\n"
           "  TARGET       a qube, @dispvm for a new disposable, @default for what the policy says\n"
           "  TYPE         of media: application/pdf, image/*, x-scheme-handler/https, * for everything\n"
           "  --view-only  what is changed there does not come back\n";
}

} // namespace Bulkhead::FileCopy
