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

/// What a program says first. Of a long line the end counts: there the reason stands, after the names of files.
std::string firstLineOf(const QByteArray &said)
{
    constexpr std::size_t Most = 240;
    const std::string line = said.left(said.indexOf('\n')).toStdString();
    return line.size() <= Most ? printable(line, Most)
                               : "..." + printable(std::string_view(line).substr(line.size() - Most), Most);
}

/// One run; deletes itself when it has told how it ended.
class ProgramRun : public QObject
{
public:
    using Done = std::move_only_function<void(Result<QByteArray>)>;

    enum class Answer : bool {
        Ignored,
        Wanted,
    };

    ProgramRun(QObject *parent, const ProgramCall &call, Answer answer, Done done)
        : QObject(parent)
        , m_done(std::move(done))
    {
        m_process.setProgram(call.words.first());
        m_process.setArguments(call.words.mid(1));
        if (answer == Answer::Ignored) {
            m_process.setStandardOutputFile(QProcess::nullDevice());
        } else {
            connect(&m_process, &QProcess::readyReadStandardOutput, this, &ProgramRun::onOutput);
        }
        connect(&m_process, &QProcess::finished, this, &ProgramRun::onFinished);
        connect(&m_process, &QProcess::errorOccurred, this, &ProgramRun::onError);
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, &ProgramRun::onDeadline);
        m_deadline.start(call.limit);
        m_process.start();
        m_process.write(call.input);
        m_process.closeWriteChannel();
    }

    ProgramRun(const ProgramRun &) = delete;
    ProgramRun &operator=(const ProgramRun &) = delete;

    ~ProgramRun() override
    {
        m_process.disconnect(this); // a process that is destroyed while it runs tells that it has ended
    }

private:
    [[nodiscard]] std::string name() const
    {
        return m_process.program().toStdString();
    }

    void onFinished(int status, QProcess::ExitStatus how)
    {
        m_answer += m_process.readAllStandardOutput();
        if (how == QProcess::NormalExit && status == 0) {
            tell(std::move(m_answer));
            return;
        }
        const auto said = m_process.readAllStandardError();
        const auto line = firstLineOf(said);
        tell(fail(Errc::Driver, std::format("{}: {}", name(), line.empty() ? std::to_string(status) : line)));
    }

    void onOutput()
    {
        m_answer += m_process.readAllStandardOutput();
        if (m_answer.size() > MaxProgramAnswer) {
            tell(fail(Errc::TooMuch, std::format("{} answers more than it can have to say", name())));
            m_process.kill();
        }
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

    void tell(Result<QByteArray> outcome)
    {
        if (auto done = std::exchange(m_done, nullptr)) {
            deleteLater();
            done(std::move(outcome));
        }
    }

    QProcess m_process;
    QTimer m_deadline;
    QByteArray m_answer;
    Done m_done;
};

} // namespace

void runProgram(QObject *parent, const ProgramCall &call, std::move_only_function<void(Result<void>)> done)
{
    new ProgramRun(
        parent, call, ProgramRun::Answer::Ignored, [done = std::move(done)](Result<QByteArray> outcome) mutable {
            done(std::move(outcome).transform([](const QByteArray &) { }));
        });
}

void askProgram(QObject *parent, const ProgramCall &call, std::move_only_function<void(Result<QByteArray>)> done)
{
    new ProgramRun(parent, call, ProgramRun::Answer::Wanted, std::move(done));
}

} // namespace Bulkhead
