// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/process/childprocess.h"

#include "base/formatted.h"
#include "base/memoryfile.h"
#include "base/programstart.h"

#include <QSocketNotifier>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead
{

namespace
{

/// Of what a program says; its first line is what counts.
constexpr qsizetype MaxErrors = 65536;

std::optional<std::vector<std::string>> environmentFor(const ChildProcess::Call &call)
{
    if (call.environment) {
        std::vector<std::string> environment;
        for (const QString &entry : *call.environment) {
            environment.push_back(entry.toStdString());
        }
        return environment;
    }
    if (!call.plainWords) {
        return std::nullopt;
    }
    constexpr std::string_view Locale = "LC_ALL=";
    std::vector<std::string> environment{formatted("{}C", Locale)};
    for (char **entry = ::environ; *entry != nullptr; ++entry) {
        if (!std::string_view(*entry).starts_with(Locale)) {
            environment.emplace_back(*entry);
        }
    }
    return environment;
}

} // namespace

ChildProcess::ChildProcess(QObject *parent)
    : QObject(parent)
{
}

ChildProcess::~ChildProcess()
{
    if (m_pid != 0) {
        kill();
        while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
    }
}

Result<void> ChildProcess::start(const Call &call)
{
    BH_TRY(m_errors, memoryFile({}));
    UniqueFd output;
    if (call.wantsOutput) {
        std::array<int, 2> ends{-1, -1};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            return failErrno(errno, "cannot read what a program answers");
        }
        m_output = UniqueFd(ends[0]);
        output = UniqueFd(ends[1]);
        if (::fcntl(m_output.get(), F_SETFL, O_NONBLOCK) != 0) { // our end only
            return failErrno(errno, "cannot read what a program answers");
        }
    }
    std::vector<std::string> words;
    for (const QString &word : call.words) {
        words.push_back(word.toStdString());
    }
    const int errors = call.errorsAreOurs ? STDERR_FILENO : m_errors.get();
    BH_TRY(m_pid,
           spawnProgram({.words = std::move(words),
                         .descriptors = {{.ours = call.input, .its = STDIN_FILENO},
                                         {.ours = output ? output.get() : -1, .its = STDOUT_FILENO},
                                         {.ours = errors, .its = STDERR_FILENO}},
                         .environment = environmentFor(call)}));
    return watch();
}

Result<void> ChildProcess::watch()
{
    m_process = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0)));
    if (!m_process) {
        return failErrno(errno, "cannot watch a program");
    }
    m_endWatch = std::make_unique<QSocketNotifier>(m_process.get(), QSocketNotifier::Read);
    connect(m_endWatch.get(), &QSocketNotifier::activated, this, &ChildProcess::onEnded);
    if (m_output) {
        m_outputWatch = std::make_unique<QSocketNotifier>(m_output.get(), QSocketNotifier::Read);
        connect(m_outputWatch.get(), &QSocketNotifier::activated, this, [this] {
            readOutput();
            Q_EMIT outputCame();
        });
    }
    return {};
}

void ChildProcess::kill() const
{
    if (m_pid != 0) {
        (void)::kill(m_pid, SIGKILL);
    }
}

void ChildProcess::readOutput()
{
    constexpr std::size_t Chunk = 65536;
    std::array<char, Chunk> buffer{};
    for (;;) {
        const ssize_t count = ::read(m_output.get(), buffer.data(), buffer.size());
        if (count > 0) {
            m_read.append(buffer.data(), count);
            return; // the rest in another turn: whoever reads may have enough
        }
        if (count == 0 || errno != EINTR) {
            if (count == 0) {
                m_outputWatch->setEnabled(false); // an end stays readable
            }
            return;
        }
    }
}

QByteArray ChildProcess::takeOutput()
{
    return std::exchange(m_read, {});
}

QByteArray ChildProcess::errors() const
{
    QByteArray said(MaxErrors, '\0');
    const ssize_t count = ::pread(m_errors.get(), said.data(), static_cast<std::size_t>(said.size()), 0);
    said.truncate(std::max<ssize_t>(0, count));
    return said;
}

void ChildProcess::onEnded()
{
    int status = 0;
    while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) { }
    m_pid = 0;
    m_endWatch->setEnabled(false);
    for (qsizetype before = -1; m_output && before != m_read.size();) { // what it wrote last
        before = m_read.size();
        readOutput();
    }
    if (m_outputWatch) {
        m_outputWatch->setEnabled(false);
    }
    const bool wasKilled = WIFSIGNALED(status);
    Q_EMIT ended({.wasKilled = wasKilled, .status = wasKilled ? WTERMSIG(status) : WEXITSTATUS(status)});
}

} // namespace Bulkhead
