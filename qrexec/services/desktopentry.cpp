// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/services/desktopentry.h"

#include "base/ascii.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::string_view Group = "[Desktop Entry]";

/// Resolves \s \n \t \r \\ of a value.
std::string unescaped(std::string_view value)
{
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\\' || i + 1 == value.size()) {
            text += value[i];
            continue;
        }
        switch (value[++i]) {
        case 's':
            text += ' ';
            break;
        case 'n':
            text += '\n';
            break;
        case 't':
            text += '\t';
            break;
        case 'r':
            text += '\r';
            break;
        default: // a backslash before itself, or before something that is no escape of values: quotes of Exec
            text += value[i] == '\\' ? "\\" : std::string{'\\', value[i]};
        }
    }
    return text;
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

struct RawEntry {
    DesktopEntry entry;
    std::string type;
    bool hidden = false;
};

void applyKey(RawEntry &raw, std::string_view key, std::string_view value)
{
    if (key == "Type") {
        raw.type = value;
    } else if (key == "Hidden") {
        raw.hidden = value == "true";
    } else if (key == "Terminal") {
        raw.entry.terminal = value == "true";
    } else if (key == "Name") {
        raw.entry.name = unescaped(value);
    } else if (key == "Icon") {
        raw.entry.icon = unescaped(value);
    } else if (key == "Path") {
        raw.entry.directory = unescaped(value);
    } else if (key == "Exec") {
        raw.entry.exec = unescaped(value);
    }
}

/// Takes a double-quoted part off the front and appends what it stands for.
bool takeQuoted(std::string_view &text, std::string &word)
{
    text.remove_prefix(1);
    while (!text.empty() && text.front() != '"') {
        if (text.front() == '\\' && text.size() > 1) {
            text.remove_prefix(1);
        }
        word += text.front();
        text.remove_prefix(1);
    }
    if (text.empty()) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

/// A word of the line before its field codes are filled in. What was quoted keeps its percent signs literally doubled.
Result<std::optional<std::string>> takeWord(std::string_view &text)
{
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) {
        return std::nullopt;
    }
    std::string word;
    while (!text.empty() && text.front() != ' ') {
        if (text.front() == '"') {
            if (!takeQuoted(text, word)) {
                return fail(Errc::BadValue, "a quote does not end");
            }
            continue;
        }
        word += text.front();
        text.remove_prefix(1);
    }
    return word;
}

/// What a field code stands for within a word; nothing for an unknown one.
std::optional<std::string> codeText(char code, const DesktopEntry &entry, const std::string &file)
{
    switch (code) {
    case '%':
        return "%";
    case 'c':
        return entry.name;
    case 'k':
        return file;
    case 'f':
    case 'F':
    case 'u':
    case 'U':
    case 'd':
    case 'D':
    case 'n':
    case 'N':
    case 'v':
    case 'm':
    case 'i':
        return "";
    default:
        return std::nullopt;
    }
}

Result<std::string> fillIn(std::string_view word, const DesktopEntry &entry, const std::string &file)
{
    std::string text;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] != '%') {
            text += word[i];
            continue;
        }
        const auto code = i + 1 < word.size() ? codeText(word[++i], entry, file) : std::nullopt;
        if (!code) {
            return fail(Errc::BadValue, "the line has an unknown field code");
        }
        text += *code;
    }
    return text;
}

/// Appends what one word of the line becomes: mostly one word, none for a lone code of files, two for the icon's.
Result<void>
appendWord(std::vector<std::string> &words, std::string_view word, const DesktopEntry &entry, const std::string &file)
{
    if (word == "%i") {
        if (!entry.icon.empty()) {
            words.emplace_back("--icon");
            words.push_back(entry.icon);
        }
        return {};
    }
    BH_TRY(std::string filled, fillIn(word, entry, file));
    const bool isLoneCode = word.size() == 2 && word.front() == '%';
    if (!isLoneCode || !filled.empty()) {
        words.push_back(std::move(filled));
    }
    return {};
}

bool isIdLetter(char c)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '_' || c == '.' || c == '-' || c == '+';
}

} // namespace

Result<DesktopEntry> parseDesktopEntry(std::string_view text)
{
    RawEntry raw;
    bool inGroup = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with('[')) {
            inGroup = line == Group;
            continue;
        }
        const std::size_t equals = line.find('=');
        if (inGroup && !line.starts_with('#') && equals != std::string_view::npos) {
            applyKey(raw, trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
        }
    }
    if (raw.type != "Application" || raw.hidden || raw.entry.exec.empty()) {
        return fail(Errc::BadValue, "the desktop file starts no application");
    }
    return std::move(raw.entry);
}

Result<std::vector<std::string>> expandExec(const DesktopEntry &entry, const std::string &file)
{
    std::vector<std::string> words;
    std::string_view rest = entry.exec;
    for (;;) {
        BH_TRY(const auto word, takeWord(rest));
        if (!word) {
            break;
        }
        BH_CHECK(appendWord(words, *word, entry, file));
    }
    if (words.empty() || words.front().empty()) {
        return fail(Errc::BadValue, "the line names no program");
    }
    return words;
}

Result<std::vector<std::string>> desktopFileNames(std::string_view id)
{
    if (id.empty() || id.starts_with('.') || !std::ranges::all_of(id, isIdLetter)) {
        return fail(Errc::BadValue, "this cannot be the id of a desktop file");
    }
    std::string name(id);
    std::vector<std::string> names{name + ".desktop"};
    for (std::size_t dash = name.find('-'); dash != std::string::npos; dash = name.find('-', dash)) {
        name[dash] = '/';
        if (name.contains("/.") || name.contains("//")) {
            break; // no part of a path of ours is hidden or empty
        }
        names.push_back(name + ".desktop");
    }
    return names;
}

} // namespace Bulkhead::Qrexec
