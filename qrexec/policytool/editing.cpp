// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policytool/editing.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "qrexec/policy/loader.h"
#include "qrexec/process/readfile.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

namespace Bulkhead::Qrexec
{

namespace
{

/// What there is of a file, and the token by which it is replaced only if it is still that.
struct Original {
    std::string token = "new";
    std::string content = {};
};

/// A file that others cannot read, for as long as it is edited.
class Draft
{
public:
    static Result<Draft> create(std::string_view content)
    {
        std::string path = "/tmp/bulkhead-policy-XXXXXX";
        const UniqueFd file(::mkostemp(path.data(), O_CLOEXEC));
        if (!file) {
            return failErrno(errno, "making a file to edit");
        }
        Draft draft(std::move(path));
        if (::write(file.get(), content.data(), content.size()) != std::ssize(content)) {
            return failErrno(errno, "writing a file to edit");
        }
        return draft;
    }

    Draft(Draft &&other) noexcept
        : m_path(std::exchange(other.m_path, {}))
    {
    }

    Draft(const Draft &) = delete;
    Draft &operator=(const Draft &) = delete;
    Draft &operator=(Draft &&) = delete;

    ~Draft()
    {
        if (!m_path.empty()) {
            (void)::unlink(m_path.c_str());
        }
    }

    [[nodiscard]] const std::string &path() const noexcept
    {
        return m_path;
    }

private:
    explicit Draft(std::string path) noexcept
        : m_path(std::move(path))
    {
    }

    std::string m_path;
};

/// The editor's words: people set options along with its name.
std::vector<std::string> editorHere()
{
    for (const char *const name : {"VISUAL", "EDITOR"}) {
        const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): one thread
        std::vector<std::string> words;
        for (const auto part : std::views::split(std::string_view(value == nullptr ? "" : value), ' ')) {
            if (!part.empty()) {
                words.emplace_back(part.begin(), part.end());
            }
        }
        if (!words.empty()) {
            return words;
        }
    }
    return {"vi"};
}

/// Runs the editor to its end.
Result<void> runEditor(const std::string &path)
{
    std::vector<std::string> words = editorHere();
    words.push_back(path);
    std::vector<char *> arguments;
    for (std::string &word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) {
        return failErrno(errno, "starting the editor");
    }
    if (child == 0) {
        (void)::execvp(arguments.front(), arguments.data());
        ::_exit(127);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return failErrno(errno, "waiting for the editor");
        }
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return fail(Errc::Io, formatted("{} failed; the policy is as it was", words.front()));
    }
    return {};
}

/// @return whether the person wants to go on editing; no answer is a no
bool wantsToGoOn()
{
    for (;;) {
        std::cerr << "e: edit again, q: leave the policy as it was: " << std::flush;
        std::string answer;
        if (!std::getline(std::cin, answer) || answer == "q") {
            return false;
        }
        if (answer == "e") {
            return true;
        }
    }
}

Result<Original> readOriginal(const FileCall &call, const AskPolicyAdmin &ask)
{
    std::string service = call.service;
    service.replace(service.rfind('.'), std::string::npos, ".Get");
    BH_TRY(const PolicyAdmin::Reply reply, ask(service, call.argument, {}));
    if (reply.kind == PolicyAdmin::Reply::Kind::Content) {
        const std::size_t end = reply.text.find('\n');
        if (end == std::string::npos) {
            return fail(Errc::BadField, "the answer has no token");
        }
        return Original{.token = reply.text.substr(0, end), .content = reply.text.substr(end + 1)};
    }
    if (reply.text.starts_with(nameOf(PolicyAdmin::ErrorClass::FileNotFound))) {
        return Original{};
    }
    return fail(Errc::Refused, reply.text);
}

/// What is wrong with the lines of a text, or what was said to its being put in place; nothing: it is in place.
Result<std::optional<std::string>> put(const FileCall &call,
                                       Policy::TextFormat format,
                                       const AskPolicyAdmin &ask,
                                       const Original &original,
                                       const std::string &content)
{
    std::string problems;
    // An include can be of either format: what it is for is seen where it is brought in.
    if (!call.service.starts_with("policy.include.")) {
        for (const std::string &problem : Policy::checkText(call.argument, content, format)) {
            problems += problem + '\n';
        }
    }
    if (!problems.empty()) {
        return problems;
    }
    BH_TRY(const PolicyAdmin::Reply reply, ask(call.service, call.argument, original.token + '\n' + content));
    if (reply.kind == PolicyAdmin::Reply::Kind::Content) {
        return std::nullopt;
    }
    return reply.text + '\n';
}

} // namespace

Result<ToolOutcome> editFile(const FileCall &call, Policy::TextFormat format, const AskPolicyAdmin &ask)
{
    BH_TRY(const Original original, readOriginal(call, ask));
    BH_TRY(const Draft draft, Draft::create(original.content));
    for (;;) {
        BH_CHECK(runEditor(draft.path()));
        BH_TRY(const std::string content, readFile(draft.path(), Policy::MaxFileSize));
        if (content == original.content) {
            return ToolOutcome{.errors = "nothing was changed\n"};
        }
        BH_TRY(const auto problem, put(call, format, ask, original, content));
        if (!problem) {
            return ToolOutcome{};
        }
        std::cerr << *problem;
        if (!wantsToGoOn()) {
            return ToolOutcome{.errors = "the policy is as it was\n", .status = 1};
        }
    }
}

} // namespace Bulkhead::Qrexec
