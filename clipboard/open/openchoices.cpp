// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/openchoices.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/qubename.h"
#include "clipboard/files/sources.h"
#include "clipboard/open/openoptions.h"
#include "clipboard/open/temporaryfile.h"
#include "clipboard/open/transfer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::string_view ViewOnly = "view-only";
constexpr std::string_view SystemFile = "/etc/bulkhead/open.conf";
/// A file of choices that is longer is none.
constexpr std::size_t MostOfFile = std::size_t{256} * 1024;

bool isTypePart(std::string_view part)
{
    static constexpr std::string_view Signs = "!#$&^_.+-"; // RFC 6838, 4.2
    return !part.empty() && std::ranges::all_of(part, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || Signs.contains(c);
    });
}

/// Words between blanks.
std::vector<std::string_view> wordsOf(std::string_view line)
{
    constexpr std::string_view Blanks = " \t\r";
    std::vector<std::string_view> words;
    for (std::size_t at = line.find_first_not_of(Blanks); at != std::string_view::npos;
         at = line.find_first_not_of(Blanks, at)) {
        const std::size_t end = std::min(line.find_first_of(Blanks, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

/// Nothing: the line says nothing.
Result<std::optional<OpenChoice>> parseLine(std::string_view line)
{
    const auto words = wordsOf(line);
    if (words.empty() || words.front().starts_with('#')) {
        return std::nullopt;
    }
    const bool isViewOnly = words.size() == 4 && words[3] == ViewOnly;
    if ((words.size() != 3 && !isViewOnly) || words[1] != "=") {
        return fail(Errc::BadValue, "it is not TYPE = TARGET or TYPE = TARGET view-only");
    }
    BH_CHECK(checkType(words[0]));
    BH_CHECK(checkTarget(words[2]));
    return OpenChoice{.type = std::string(words[0]),
                      .target = std::string(words[2]),
                      .mode = isViewOnly ? OpenMode::View : OpenMode::Edit};
}

struct Line {
    std::string text;
    std::optional<OpenChoice> choice;
};

Result<std::vector<Line>> parseLines(const std::string &file, std::string_view text)
{
    std::vector<Line> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        auto choice = parseLine(text.substr(0, end));
        if (!choice) {
            return fail(Errc::BadValue, formatted("{}, line {}: {}", file, lines.size() + 1, choice.error().detail));
        }
        lines.push_back({.text = std::string(text.substr(0, end)), .choice = *std::move(choice)});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

Result<std::vector<Line>> readLines(const std::string &file)
{
    const UniqueFd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened && errno == ENOENT) {
        return std::vector<Line>();
    }
    if (!opened) {
        return failErrno(errno, "opening " + shownPath(file));
    }
    std::vector<std::byte> bytes(MostOfFile + 1);
    BH_TRY(const std::size_t size, readUpTo(opened.get(), bytes));
    if (size > MostOfFile) {
        return fail(Errc::BadValue, formatted("{} is too long", file));
    }
    std::string text(size, '\0');
    std::ranges::transform(std::span(bytes).first(size), text.begin(), [](std::byte byte) {
        return static_cast<char>(byte);
    });
    return parseLines(file, text);
}

Result<void> makeFolderOf(const std::string &file)
{
    for (std::size_t slash = file.find('/', 1); slash != std::string::npos; slash = file.find('/', slash + 1)) {
        if (::mkdir(file.substr(0, slash).c_str(), S_IRWXU) != 0 && errno != EEXIST) {
            return failErrno(errno, "making " + shownPath(file.substr(0, slash)));
        }
    }
    return {};
}

Result<void> writeLines(const std::string &file, std::span<const Line> lines)
{
    BH_CHECK(makeFolderOf(file));
    BH_TRY(TemporaryFile fresh, TemporaryFile::beside(file));
    std::string text;
    for (const Line &line : lines) {
        text += line.text + '\n';
    }
    BH_CHECK(writeAll(fresh.descriptor(), std::as_bytes(std::span(text))));
    if (::fsync(fresh.descriptor()) != 0 || ::rename(fresh.path().c_str(), file.c_str()) != 0) {
        return failErrno(errno, "writing " + shownPath(file));
    }
    fresh.keep();
    return {};
}

std::string lineFor(const OpenChoice &choice)
{
    return formatted("{} = {}{}", choice.type, choice.target, choice.mode == OpenMode::View ? " view-only" : "");
}

} // namespace

Result<void> checkType(std::string_view type)
{
    const std::size_t slash = type.find('/');
    const bool isTyped = slash != std::string_view::npos && isTypePart(type.substr(0, slash))
        && (type.substr(slash + 1) == "*" || isTypePart(type.substr(slash + 1)));
    if (type != "*" && !isTyped) {
        return fail(Errc::BadValue, shownPath(type) + " is no type: application/pdf, image/* and * are some");
    }
    return {};
}

Result<void> checkTarget(std::string_view target)
{
    const bool isBased = target.starts_with("@dispvm:");
    if (target == DefaultTarget || target == DisposableTarget) {
        return {};
    }
    if (!QubeName::parse(isBased ? target.substr(target.find(':') + 1) : target)) {
        return fail(Errc::BadValue, shownPath(target) + " is neither a qube's name nor @default nor @dispvm");
    }
    return {};
}

Result<OpenChoices> OpenChoices::load(std::span<const std::string> files)
{
    OpenChoices choices;
    for (const std::string &file : files) {
        BH_TRY(std::vector<Line> lines, readLines(file));
        auto &known = choices.m_files.emplace_back();
        for (Line &line : lines) {
            if (line.choice) {
                known.push_back(*std::move(line.choice));
            }
        }
    }
    return choices;
}

std::optional<OpenChoice> OpenChoices::find(std::string_view mediaType) const
{
    const std::array<std::string, 3> wanted{
        std::string(mediaType), std::string(mediaType.substr(0, mediaType.find('/'))) + "/*", "*"};
    for (const auto &choices : m_files) {
        for (const std::string &type : wanted) {
            const auto found = std::ranges::find(choices, type, &OpenChoice::type);
            if (found != choices.end()) {
                return *found;
            }
        }
    }
    return std::nullopt;
}

std::vector<OpenChoice> OpenChoices::all() const
{
    std::vector<OpenChoice> all;
    for (const auto &choices : m_files) {
        all.insert(all.end(), choices.begin(), choices.end());
    }
    return all;
}

std::string ownChoicesFile()
{
    const char *const configured = std::getenv("XDG_CONFIG_HOME"); // NOLINT(concurrency-mt-unsafe): nothing sets them
    const char *const home = std::getenv("HOME");                  // NOLINT(concurrency-mt-unsafe)
    if (configured != nullptr && *configured == '/') {
        return std::string(configured) + "/bulkhead/open.conf";
    }
    return std::string(home == nullptr ? "" : home) + "/.config/bulkhead/open.conf";
}

std::vector<std::string> choicesFiles()
{
    return {ownChoicesFile(), std::string(SystemFile)};
}

Result<void> rememberChoice(const std::string &file, const OpenChoice &choice)
{
    BH_CHECK(checkType(choice.type));
    BH_CHECK(checkTarget(choice.target));
    BH_TRY(std::vector<Line> lines, readLines(file));
    const Line fresh{.text = lineFor(choice), .choice = choice};
    const auto known = std::ranges::find_if(lines, [&choice](const Line &line) {
        return line.choice && line.choice->type == choice.type;
    });
    if (known == lines.end()) {
        lines.push_back(fresh);
    } else {
        *known = fresh;
    }
    return writeLines(file, lines);
}

Result<bool> forgetChoice(const std::string &file, std::string_view type)
{
    BH_TRY(std::vector<Line> lines, readLines(file));
    const std::size_t removed = std::erase_if(lines, [type](const Line &line) {
        return line.choice && line.choice->type == type;
    });
    if (removed == 0) {
        return false;
    }
    return writeLines(file, lines).transform([] {
        return true;
    });
}

} // namespace Bulkhead::FileCopy
