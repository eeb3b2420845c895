// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/textloader.h"

#include "base/formatted.h"
#include "base/printable.h"
#include "qrexec/policy/compatfiles.h"
#include "qrexec/policy/policytext.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Policy
{

namespace
{

std::string resolved(const std::string &path, const std::string &base)
{
    return path.starts_with('/') ? path : formatted("{}/{}", base, path);
}

} // namespace

TextLoader::TextLoader(FileSource &source, std::string oldDirectory)
    : m_source(source)
    , m_oldDirectory(std::move(oldDirectory))
{
}

TextLoader::Loaded TextLoader::loadTopLevel(const std::string &directory, const std::string &name)
{
    m_included.clear();
    m_policyFiles.push_back({.name = name, .firstRule = static_cast<RuleId>(m_rules.size())});
    return loadFile(directory + '/' + name, {.base = directory}, std::nullopt);
}

LoadedPolicy TextLoader::finish() &&
{
    return {.rules = Rules(std::move(m_rules), std::move(m_files), std::move(m_policyFiles)),
            .warnings = std::move(m_warnings)};
}

TextLoader::Loaded TextLoader::loadFile(const std::string &path, const Scope &scope, std::optional<Place> includedAt)
{
    BH_TRY(const File *file, fileAt(path, includedAt));
    BH_CHECK(checkNesting(file->path, includedAt));
    m_open.push_back({.path = file->path, .includedAt = includedAt});
    BH_CHECK(loadText(*file, scope));
    m_open.pop_back();
    return {};
}

std::expected<const File *, LoadError> TextLoader::fileAt(const std::string &path, std::optional<Place> includedAt)
{
    if (const auto known = m_read.find(path); known != m_read.end()) {
        return &known->second;
    }
    auto file = m_source.read(path);
    if (!file) {
        const std::string why = file.error().code == Errc::NotFound
            ? formatted("not a file: {}", printable(path))
            : formatted("{}: {}", printable(path), file.error().text());
        if (includedAt) {
            return syntaxError(*includedAt, why);
        }
        return std::unexpected(LoadError{.kind = LoadError::Kind::Files, .text = why});
    }
    return &m_read.emplace(path, *std::move(file)).first->second;
}

TextLoader::Loaded TextLoader::checkNesting(const std::string &path, std::optional<Place> includedAt)
{
    if (!includedAt) {
        return {};
    }
    if (const auto open = std::ranges::find(m_open, path, &Open::path); open != m_open.end()) {
        const auto &at = open->includedAt;
        const std::string first =
            at ? formatted("included at {}:{}", m_files[at->file], at->line) : "which nothing includes";
        return syntaxError(*includedAt, formatted("include cycle: {} is already being read ({})", path, first));
    }
    m_included.insert(path);
    if (m_open.size() > MaxIncludeDepth) {
        return syntaxError(*includedAt, formatted("includes are more than {} deep", MaxIncludeDepth));
    }
    if (m_included.size() > MaxIncludedFiles) {
        return syntaxError(*includedAt, formatted("more than {} files are included", MaxIncludedFiles));
    }
    if (++m_inclusions > MaxInclusions) {
        return syntaxError(*includedAt, formatted("more than {} inclusions", MaxInclusions));
    }
    return {};
}

TextLoader::Loaded TextLoader::loadText(const File &file, const Scope &scope)
{
    Place place{.file = numberOf(file.path)};
    m_parsed += file.text.size();
    if (file.text.size() > MaxFileSize || m_parsed > MaxParsedText) {
        return syntaxError({.file = place.file, .line = 1}, "too large");
    }
    for (const std::string_view line : splitLines(file.text)) {
        ++place.line;
        BH_CHECK(loadLine(line, scope, place));
    }
    return {};
}

TextLoader::Loaded TextLoader::loadLine(std::string_view line, const Scope &scope, Place place)
{
    if (!isUtf8(line)) {
        return syntaxError(place, "not UTF-8");
    }
    auto parsed = scope.isOld ? parseOldLine(line, scope.service, scope.argument) : parseLine(line);
    if (!parsed) {
        return syntaxError(place, parsed.error().text());
    }
    if (auto *const rule = std::get_if<Rule>(&*parsed)) {
        return add(std::move(*rule), place);
    }
    if (const auto *const directive = std::get_if<Directive>(&*parsed)) {
        return follow(*directive, scope, place);
    }
    return {};
}

TextLoader::Loaded TextLoader::follow(const Directive &directive, const Scope &scope, Place place)
{
    switch (directive.kind) {
    case DirectiveKind::Include:
        return loadFile(resolved(directive.path, scope.base), scope, place);
    case DirectiveKind::IncludeDir:
        return includeDirectory(resolved(directive.path, scope.base), scope, place);
    case DirectiveKind::IncludeService:
        return loadFile(
            resolved(directive.path, scope.base),
            {.base = scope.base, .isOld = true, .service = directive.service, .argument = directive.argument},
            place);
    case DirectiveKind::Compat:
        return includeOldFiles(place);
    }
    std::unreachable();
}

TextLoader::Loaded TextLoader::includeDirectory(const std::string &directory, const Scope &scope, Place place)
{
    const auto names = policyFilesIn(m_source, directory);
    if (!names) {
        return syntaxError(place, formatted("not a directory of policy files: {}", names.error().text));
    }
    for (const std::string &name : *names) {
        BH_CHECK(loadFile(directory + '/' + name, scope, place));
    }
    return {};
}

TextLoader::Loaded TextLoader::includeOldFiles(Place place)
{
    m_warnings.push_back(formatted(
        "{}:{}: !compat-4.0 is for the time of a transition: bring these rules over", m_files[place.file], place.line));
    auto entries = m_source.list(m_oldDirectory);
    if (!entries) {
        return syntaxError(place, formatted("not a directory: {}: {}", m_oldDirectory, entries.error().text()));
    }
    for (const OldFile &old : oldFilesOf(*entries, m_warnings)) {
        const std::string path = m_oldDirectory + '/' + old.name;
        // Not an inclusion of the one file that says `!compat-4.0`: each of these may bring in as many as any other.
        const auto included = std::exchange(m_included, {});
        BH_CHECK(loadFile(
            path, {.base = m_oldDirectory, .isOld = true, .service = old.service, .argument = old.argument}, place));
        m_included = included;
        if (old.argument != Any) {
            const Place nowhere{.file = numberOf(path)};
            for (Rule &rule : denialsAfter(old)) {
                BH_CHECK(add(std::move(rule), nowhere));
            }
        }
    }
    return {};
}

TextLoader::Loaded TextLoader::add(Rule rule, Place place)
{
    if (m_rules.size() >= MaxRules) {
        return syntaxError(place, formatted("more than {} rules", MaxRules));
    }
    rule.place = place;
    m_rules.push_back(std::move(rule));
    return {};
}

std::uint32_t TextLoader::numberOf(const std::string &path)
{
    const auto [entry, isNew] = m_numbers.emplace(path, static_cast<std::uint32_t>(m_files.size()));
    if (isNew) {
        m_files.push_back(path);
    }
    return entry->second;
}

std::unexpected<LoadError> TextLoader::syntaxError(Place place, std::string_view message) const
{
    return std::unexpected(LoadError{
        .kind = LoadError::Kind::Syntax,
        .text = formatted("{}:{}: {}", m_files[place.file], place.line, message),
    });
}

} // namespace Bulkhead::Policy
