// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/loader.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/printable.h"
#include "qrexec/policy/compatfiles.h"
#include "qrexec/policy/textloader.h"

#include <algorithm>
#include <map>
#include <utility>

namespace Bulkhead::Policy
{

namespace
{

std::unexpected<LoadError> filesError(std::string text)
{
    return std::unexpected(LoadError{.kind = LoadError::Kind::Files, .text = std::move(text)});
}

} // namespace

bool isPolicyFileName(std::string_view name) noexcept
{
    return name.ends_with(".policy") && !name.starts_with('.');
}

bool isAcceptableFileName(std::string_view name) noexcept
{
    return std::ranges::all_of(name, [](char c) {
        return Ascii::isDigit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '.' || c == '-';
    });
}

std::expected<std::vector<std::string>, LoadError> policyFilesIn(FileSource &source, const std::string &directory)
{
    auto entries = source.list(directory);
    if (!entries) {
        return filesError(formatted("{}: {}", directory, entries.error().text()));
    }
    std::vector<std::string> names;
    for (Entry &entry : *entries) {
        if (!isPolicyFileName(entry.name) || entry.kind == EntryKind::Other) {
            continue;
        }
        if (!isAcceptableFileName(entry.name)) {
            return filesError(formatted(
                "{}/{}: a policy file's name is made of 0-9, a-z, _, . and - only", directory, printable(entry.name)));
        }
        if (entry.kind == EntryKind::Missing) {
            return filesError(formatted("{}/{} is a link to nothing", directory, entry.name));
        }
        names.push_back(std::move(entry.name));
    }
    std::ranges::sort(names);
    return names;
}

std::expected<LoadedPolicy, LoadError> loadPolicy(FileSource &source, const PolicyPaths &paths)
{
    std::map<std::string, std::string> directoryOf; // by the file's name, which is the order of evaluation
    for (const std::string &directory : paths.directories) {
        BH_TRY(const auto names, policyFilesIn(source, directory));
        for (const std::string &name : names) {
            directoryOf.emplace(name, directory); // the first directory wins
        }
    }
    TextLoader loader(source, paths.oldDirectory);
    for (const auto &[name, directory] : directoryOf) {
        BH_CHECK(loader.loadTopLevel(directory, name));
    }
    return std::move(loader).finish();
}

} // namespace Bulkhead::Policy
