// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policytool/converting.h"

#include "base/formatted.h"
#include "qrexec/policy/conversion.h"
#include "qrexec/policy/live/directorysource.h"
#include "qrexec/policy/policygraph.h"
#include "qrexec/policy/policytext.h"
#include "qrexec/policy/withoutoldfiles.h"
#include "qrexec/policyadmin/changedsource.h"
#include "qrexec/policyadmin/policyfolder.h"
#include "qrexec/policytool/filechanges.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace Bulkhead::Qrexec
{

namespace
{

using PolicyAdmin::PolicyFile;

/// The lines of a graph: who may call whom, with what.
using Calls = std::set<std::string, std::less<>>;

/// A file of the policy and what it is going to hold.
struct NewFile {
    PolicyFile file;
    std::string text;
    std::size_t rules;
};

std::expected<Calls, Policy::LoadError>
callsIn(Policy::FileSource &files, const Policy::PolicyPaths &paths, const Policy::SystemInfo &info)
{
    BH_TRY(const Policy::LoadedPolicy loaded, Policy::loadPolicy(files, paths));
    const std::string graph = Policy::graphOf(loaded.rules, info, {.fullOutput = true});
    Calls calls;
    for (const std::string_view line : Policy::splitLines(graph)) {
        calls.emplace(line);
    }
    return calls;
}

std::string difference(const Calls &before, const Calls &after)
{
    std::string text;
    const auto add = [&text](const Calls &calls, const Calls &others, char mark) {
        std::vector<std::string> only;
        std::ranges::set_difference(calls, others, std::back_inserter(only));
        for (const std::string &line : only) {
            text += formatted("{}{}\n", mark, line);
        }
    };
    add(before, after, '-');
    add(after, before, '+');
    return text;
}

/// The files that change; those that hold their rules already are none of them.
Result<std::vector<NewFile>> newFiles(const PolicyFolder &folder, const Policy::Conversion &conversion)
{
    std::vector<NewFile> files;
    for (const Policy::ConvertedFile &converted : conversion.files) {
        BH_TRY(auto file, PolicyFile::parse(PolicyAdmin::Folder::Policy, converted.name));
        BH_TRY(const auto before, folder.read(file));
        std::string text = Policy::textAfter(converted, before.value_or(std::string()));
        if (text != before) {
            files.push_back({.file = std::move(file), .text = std::move(text), .rules = converted.rules.size()});
        }
    }
    return files;
}

/// The calls of the policy as it would be, with nothing written yet.
std::expected<Calls, Policy::LoadError> callsAfter(Policy::FileSource &files,
                                                   const Policy::PolicyPaths &paths,
                                                   const Policy::SystemInfo &info,
                                                   const std::vector<NewFile> &changes)
{
    Policy::WithoutOldFiles others(files, paths.oldDirectory);
    std::vector<std::unique_ptr<ChangedSource>> layers;
    Policy::FileSource *top = &others;
    for (const NewFile &change : changes) {
        const std::string path = formatted("{}/{}", paths.directories.back(), change.file.path());
        layers.push_back(std::make_unique<ChangedSource>(*top, path, change.text));
        top = layers.back().get();
    }
    return callsIn(*top, paths, info);
}

/// The rules are in their new places before any leaves its old one: who reads the policy meanwhile finds each.
Result<std::string> write(FileChanges &changes,
                          const PolicyFolder &folder,
                          const std::string &oldDirectory,
                          const std::vector<NewFile> &files,
                          const std::vector<std::string> &oldFiles)
{
    std::string told;
    for (const NewFile &file : files) {
        const std::string path = formatted("{}/{}", folder.path(), file.file.path());
        BH_CHECK(changes.keep(path, ".bak"));
        BH_CHECK(folder.write(file.file, file.text));
        told += formatted("{}: {} rules\n", path, file.rules);
    }
    for (const std::string &name : oldFiles) {
        BH_TRY(const auto aside, changes.setAside(formatted("{}/{}", oldDirectory, name), ".rpmsave"));
        told += formatted("{}: now {}\n", name, aside.filename().string());
    }
    BH_CHECK(bringToDisk(oldDirectory));
    return told;
}

ToolOutcome refusal(std::string words)
{
    return {.errors = std::move(words), .status = 1};
}

} // namespace

Result<ToolOutcome> convertOldPolicy(const Policy::PolicyPaths &paths, const Policy::SystemInfo &info)
{
    BH_TRY(const PolicyFolder folder, PolicyFolder::open(paths.directories.back()));
    const Policy::PolicyPaths here{.directories = {folder.path()}, .oldDirectory = paths.oldDirectory};
    DirectorySource source(::geteuid());
    const auto before = callsIn(source, here, info);
    const auto conversion = before ? Policy::planConversion(source, here) : std::unexpected(before.error());
    if (!conversion) {
        return refusal(conversion.error().text + '\n');
    }
    BH_TRY(const auto files, newFiles(folder, *conversion));
    const auto planned = callsAfter(source, here, info, files);
    if (!planned) {
        return refusal(
            formatted("The policy could not be read then; nothing was changed.\n{}\n", planned.error().text));
    }
    if (*planned != *before) {
        return refusal("Calls would be decided otherwise than before (-: now, +: then), so nothing was changed:\n"
                       + difference(*before, *planned));
    }

    FileChanges changes;
    auto told = write(changes, folder, here.oldDirectory, files, conversion->oldFiles);
    const auto after = callsIn(source, here, info);
    if (told && after && *after == *before) {
        return ToolOutcome{.output = told->empty() ? "there is nothing to convert\n" : *std::move(told)};
    }
    BH_CHECK(changes.takeBack());
    if (!told) {
        return std::unexpected(std::move(told).error().in("converting; everything is as it was"));
    }
    return refusal("The policy was not what it was before, so everything was taken back.\n");
}

} // namespace Bulkhead::Qrexec
