// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyadmin/policyadmin.h"

#include "base/formatted.h"
#include "base/sha256.h"
#include "qrexec/policy/live/directorysource.h"
#include "qrexec/policy/policycheck.h"
#include "qrexec/policyadmin/changedsource.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace Bulkhead::Qrexec
{

namespace
{

using PolicyAdmin::Answered;
using PolicyAdmin::ErrorClass;
using PolicyAdmin::Folder;
using PolicyAdmin::PolicyFile;
using PolicyAdmin::Refusal;

/// Where registered arguments stand. Source: spec policy, section 14.
constexpr std::string_view RegisteredArguments = "60-registered-arguments";

AdminAnswer refuse(ErrorClass kind, std::string message)
{
    return Answered<std::string>(std::unexpect, Refusal{.kind = kind, .message = std::move(message)});
}

AdminAnswer done(std::string content = {})
{
    return Answered<std::string>(std::move(content));
}

AdminAnswer refuse(Refusal refusal)
{
    return Answered<std::string>(std::unexpect, std::move(refusal));
}

/// A link or a directory in the file's place is the caller's to hear of; a broken disk is not.
AdminAnswer answerOf(Error error)
{
    if (error.code == Errc::Refused) {
        return refuse(ErrorClass::InvalidFilePath, error.text());
    }
    return std::unexpected(std::move(error));
}

AdminAnswer noSuchFile(const PolicyFile &file)
{
    return refuse(ErrorClass::FileNotFound, formatted("there is no {}", file.path()));
}

Answered<void>
checkToken(const PolicyAdmin::Token &token, const PolicyFile &file, const std::optional<std::string> &content)
{
    const auto mismatch = [&file](std::string_view what) {
        return std::unexpected(
            Refusal{.kind = ErrorClass::Token, .message = formatted("{} {}; read it again", file.path(), what)});
    };
    if (std::holds_alternative<PolicyAdmin::NoFile>(token) && content) {
        return mismatch("is there already");
    }
    if (const auto *const digest = std::get_if<PolicyAdmin::Digest>(&token)) {
        if (!content) {
            return mismatch("is gone");
        }
        if (sha256(*content) != *digest) {
            return mismatch("has changed since");
        }
    }
    return {};
}

Refusal refusalOf(const Policy::LoadError &error)
{
    const bool isSyntax = error.kind == Policy::LoadError::Kind::Syntax;
    return {.kind = isSyntax ? ErrorClass::Syntax : ErrorClass::General, .message = error.text};
}

/// An include that nobody includes yet may be meant for either format. The reading that gets further is the one whose
/// first problem helps.
std::optional<std::string> problemOfUnused(const std::string &path, const std::string &content)
{
    const auto asRules = Policy::checkText(path, content, Policy::TextFormat::Rules);
    const auto asService = Policy::checkText(path, content, Policy::TextFormat::OfAService);
    if (asRules.empty() || asService.empty()) {
        return std::nullopt;
    }
    return asService.size() < asRules.size() ? asService.front() : asRules.front();
}

bool isDirectory(const std::string &path)
{
    std::error_code error;
    return std::filesystem::is_directory(path, error);
}

} // namespace

Result<PolicyAdministration> PolicyAdministration::open(PolicyAdminPaths paths, uid_t owner)
{
    BH_TRY(auto folder, PolicyFolder::open(paths.directory));
    return PolicyAdministration(std::move(paths), owner, std::move(folder));
}

PolicyAdministration::PolicyAdministration(PolicyAdminPaths paths, uid_t owner, PolicyFolder folder)
    : m_paths(std::move(paths))
    , m_owner(owner)
    , m_folder(std::move(folder))
{
}

AdminAnswer PolicyAdministration::answer(const PolicyAdmin::Request &request)
{
    struct Visitor {
        const PolicyAdministration &self;

        AdminAnswer operator()(const PolicyAdmin::List &call) const
        {
            return self.onList(call);
        }

        AdminAnswer operator()(const PolicyAdmin::Get &call) const
        {
            return self.onGet(call);
        }

        AdminAnswer operator()(const PolicyAdmin::Replace &call) const
        {
            return self.onReplace(call);
        }

        AdminAnswer operator()(const PolicyAdmin::Remove &call) const
        {
            return self.onRemove(call);
        }

        AdminAnswer operator()(const PolicyAdmin::GetFiles &call) const
        {
            return self.onGetFiles(call);
        }

        AdminAnswer operator()(const PolicyAdmin::RegisterArgument &call) const
        {
            return self.onRegisterArgument(call);
        }
    };

    return std::visit(Visitor{*this}, request);
}

AdminAnswer PolicyAdministration::onList(const PolicyAdmin::List &call) const
{
    BH_TRY(const auto names, m_folder.list(call.folder));
    std::string text;
    for (const std::string &name : names) {
        text += name + '\n';
    }
    return done(std::move(text));
}

AdminAnswer PolicyAdministration::onGet(const PolicyAdmin::Get &call) const
{
    auto content = m_folder.read(call.file);
    if (!content) {
        return answerOf(std::move(content).error());
    }
    if (!*content) {
        return noSuchFile(call.file);
    }
    return done(PolicyAdmin::tokenText(sha256(**content)) + '\n' + **content);
}

AdminAnswer PolicyAdministration::onReplace(const PolicyAdmin::Replace &call) const
{
    auto before = m_folder.read(call.file);
    if (!before) {
        return answerOf(std::move(before).error());
    }
    if (auto checked = checkToken(call.token, call.file, *before); !checked) {
        return refuse(std::move(checked).error());
    }
    return change(call.file, call.content);
}

AdminAnswer PolicyAdministration::onRemove(const PolicyAdmin::Remove &call) const
{
    auto before = m_folder.read(call.file);
    if (!before) {
        return answerOf(std::move(before).error());
    }
    if (!*before) {
        return noSuchFile(call.file);
    }
    if (auto checked = checkToken(call.token, call.file, *before); !checked) {
        return refuse(std::move(checked).error());
    }
    return change(call.file, std::nullopt);
}

AdminAnswer PolicyAdministration::onGetFiles(const PolicyAdmin::GetFiles &call) const
{
    DirectorySource files(m_owner);
    const auto loaded =
        Policy::loadPolicy(files, {.directories = {m_folder.path()}, .oldDirectory = m_paths.oldDirectory});
    if (!loaded) {
        return refuse(refusalOf(loaded.error()));
    }
    std::vector<std::string> shown;
    for (const Policy::Rule &rule : loaded->rules.all()) {
        if (rule.service != call.service && rule.service != Policy::Any) {
            continue;
        }
        std::string path = shownPath(loaded->rules.files().at(rule.place.file));
        if (!std::ranges::contains(shown, path)) {
            shown.push_back(std::move(path));
        }
    }
    std::string text;
    for (const std::string &path : shown) {
        text += path + '\n';
    }
    return done(std::move(text));
}

AdminAnswer PolicyAdministration::onRegisterArgument(const PolicyAdmin::RegisterArgument &call) const
{
    DirectorySource files(m_owner);
    const auto loaded =
        Policy::loadPolicy(files, {.directories = {m_folder.path()}, .oldDirectory = m_paths.oldDirectory});
    if (!loaded) {
        return refuse(refusalOf(loaded.error()));
    }
    const bool isTaken = std::ranges::any_of(loaded->rules.all(), [&call](const Policy::Rule &rule) {
        return rule.service == call.service && rule.argument == '+' + call.value;
    });
    if (isTaken) {
        return refuse(ErrorClass::General, "a rule speaks of this argument already");
    }
    const auto file = PolicyFile::parse(Folder::Policy, RegisteredArguments);
    BH_ASSERT(file.has_value());
    auto before = m_folder.read(*file);
    if (!before) {
        return answerOf(std::move(before).error());
    }
    std::string content = before->value_or("");
    if (!content.empty() && !content.ends_with('\n')) {
        content += '\n';
    }
    content += formatted("{} +{} {} {} allow\n", call.service, call.value, call.frontend.text(), call.backend.text());
    return change(*file, content);
}

Answered<void> PolicyAdministration::checkChange(const PolicyFile &file,
                                                 const std::optional<std::string> &content) const
{
    const std::string path = m_folder.path() + '/' + file.path();
    const auto problemWith = [&](std::vector<std::string> directories, Policy::FileSource &source) {
        const auto loaded =
            Policy::loadPolicy(source, {.directories = std::move(directories), .oldDirectory = m_paths.oldDirectory});
        return loaded ? std::nullopt : std::optional(refusalOf(loaded.error()));
    };
    DirectorySource files(m_owner);
    ChangedSource changed(files, path, content);
    if (auto problem = problemWith({m_folder.path()}, changed)) {
        return std::unexpected(*std::move(problem));
    }
    // What the daemon reads. If that is broken in the runtime's part already, this change is not what breaks it.
    const std::vector<std::string> all{m_paths.runtimeDirectory, m_folder.path()};
    if (isDirectory(m_paths.runtimeDirectory)) {
        if (auto problem = problemWith(all, changed); problem && !problemWith(all, files)) {
            return std::unexpected(*std::move(problem));
        }
    }
    if (content && !changed.wasRead()) {
        if (auto problem = problemOfUnused(path, *content)) {
            return std::unexpected(Refusal{.kind = ErrorClass::Syntax, .message = *std::move(problem)});
        }
    }
    return {};
}

AdminAnswer PolicyAdministration::change(const PolicyFile &file, const std::optional<std::string> &content) const
{
    if (auto checked = checkChange(file, content); !checked) {
        return refuse(std::move(checked).error());
    }
    BH_CHECK(content ? m_folder.write(file, *content) : m_folder.remove(file));
    return done();
}

std::string PolicyAdministration::shownPath(const std::string &path) const
{
    return path.starts_with(m_folder.path() + '/') ? std::filesystem::path(path).stem().string() : path;
}

} // namespace Bulkhead::Qrexec
