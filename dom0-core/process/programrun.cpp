// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/process/programrun.h"

#include "base/printable.h"

#include <QProcess>
#include <QTimer>

#include <format>
#include <utility>

namespace Bulkhead
{

namespace
{

/// One run; deletes itself when it has told how it ended.
class ProgramRun : public QObject
{
public:
    ProgramRun(QObject *parent, const ProgramCall &call, std::move_only_function<void(Result<void>)> done)
        : QObject(parent)
        , m_done(std::move(done))
    {
        m_process.setProgram(call.words.first());
        m_process.setArguments(call.words.mid(1));
        m_process.setStandardOutputFile(QProcess::nullDevice());
        connect(&m_process, &QProcess::finished, this, &ProgramRun::onFinished);
        connect(&m_process, &QProcess::errorOccurred, this, &ProgramRun::onError);
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, &ProgramRun::onDeadline);
        m_deadline.start(call.limit);
        m_process.start();
        m_process.write(call.input);
        m_process.closeWriteChannel();
    }

private:
    [[nodiscard]] std::string name() const
    {
        return m_process.program().toStdString();
    }

    void onFinished(int status, QProcess::ExitStatus how)
    {
        if (how == QProcess::NormalExit && status == 0) {
            tell({});
            return;
        }
        const auto said = m_process.readAllStandardError();
        const auto line = printable(said.left(said.indexOf('\n')).toStdString());
        tell(fail(Errc::Driver, std::format("{}: {}", name(), line.empty() ? std::to_string(status) : line)));
    }

    void onError(QProcess::ProcessError error)
    {
        if (error == QProcess::FailedToStart) { // all others are followed by finished()
            tell(fail(Errc::Driver, std::format("{} cannot be started", name())));
        }
    }

    void onDeadline()
    {
        tell(fail(Errc::TimedOut, std::format("{} does not end", name())));
        m_process.kill();
    }

    void tell(Result<void> outcome)
    {
        if (auto done = std::exchange(m_done, nullptr)) {
            deleteLater();
            done(std::move(outcome));
        }
    }

    QProcess m_process;
    QTimer m_deadline;
    std::move_only_function<void(Result<void>)> m_done;
};

} // namespace

void runProgram(QObject *parent, const ProgramCall &call, std::move_only_function<void(Result<void>)> done)
{
    new ProgramRun(parent, call, std::move(done));
}

} // namespace Bulkhead
