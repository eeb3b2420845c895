// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <QByteArray>
#include <QObject>
#include <QStringList>

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <optional>

class QSocketNotifier;

namespace Bulkhead
{

/// A program that we started. It is never a copy of us that has yet to become that program: such a one would keep every
/// descriptor of ours open, listening sockets too, if we were killed at that moment. Main thread only, never blocks
/// but for the end of a child that was just killed.
class ChildProcess : public QObject
{
    Q_OBJECT

public:
    struct Call {
        QStringList words;          ///< the program, looked for in PATH, and its arguments; no shell is asked
        int input = -1;             ///< its standard input, borrowed; below 0: there is nothing to read
        bool wantsOutput = false;   ///< else nobody reads what it writes to its standard output
        bool plainWords = false;    ///< what it says is read by us: it is to say it in the language of the program
        bool errorsAreOurs = false; ///< its standard error is ours, and errors() has nothing
        /// `NAME=VALUE` each; nothing: ours.
        std::optional<QStringList> environment = {};
    };

    /// How it ended.
    struct End {
        bool wasKilled = false;
        int status = 0; ///< its exit status, or the signal
    };

    explicit ChildProcess(QObject *parent = nullptr);
    ChildProcess(const ChildProcess &) = delete;
    ChildProcess &operator=(const ChildProcess &) = delete;
    /// Ends it.
    ~ChildProcess() override;

    /// Once. @errors Io (there is no such program, or no process to be had)
    [[nodiscard]] Result<void> start(const Call &call);
    /// Its end is told like any other.
    void kill() const;

    /// What it wrote to its standard output since this was asked before.
    [[nodiscard]] QByteArray takeOutput();
    /// The first bytes of what it wrote to its standard error. After its end.
    [[nodiscard]] QByteArray errors() const;

Q_SIGNALS:
    void outputCame();
    /// Once.
    void ended(Bulkhead::ChildProcess::End end);

private:
    [[nodiscard]] Result<void> watch();
    void readOutput();
    void onEnded();

    pid_t m_pid = 0;
    UniqueFd m_process; ///< becomes readable at its end
    UniqueFd m_output;  ///< our end of a pipe
    UniqueFd m_errors;  ///< a file in memory
    QByteArray m_read;
    std::unique_ptr<QSocketNotifier> m_endWatch;
    std::unique_ptr<QSocketNotifier> m_outputWatch;
};

} // namespace Bulkhead
