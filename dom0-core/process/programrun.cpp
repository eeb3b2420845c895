// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/process/programrun.h"

#include "base/formatted.h"
#include "base/memoryfile.h"
#include "base/printable.h"
#include "dom0-core/process/childprocess.h"

#include <QTimer>

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
        , m_name(call.words.first().toStdString())
        , m_done(std::move(done))
    {
        connect(&m_child, &ChildProcess::outputCame, this, &ProgramRun::onOutput);
        connect(&m_child, &ChildProcess::ended, this, &ProgramRun::onEnded);
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, &ProgramRun::onDeadline);
        m_deadline.start(call.limit);
        if (auto begun = begin(call, answer); !begun) {
            // Told from the loop like every other end.
            QTimer::singleShot(0, this, [this, error = std::move(begun).error()] {
                tell(fail(Errc::Driver, formatted("{} cannot be started: {}", m_name, error.text())));
            });
        }
    }

    ProgramRun(const ProgramRun &) = delete;
    ProgramRun &operator=(const ProgramRun &) = delete;
    ~ProgramRun() override = default;

private:
    [[nodiscard]] Result<void> begin(const ProgramCall &call, Answer answer)
    {
        BH_TRY(const UniqueFd input, memoryFile({call.input.data(), static_cast<std::size_t>(call.input.size())}));
        return m_child.start({.words = call.words, .input = input.get(), .wantsOutput = answer == Answer::Wanted});
    }

    void onEnded(ChildProcess::End end)
    {
        m_answer += m_child.takeOutput();
        if (!end.wasKilled && end.status == 0) {
            tell(std::move(m_answer));
            return;
        }
        const auto line = firstLineOf(m_child.errors());
        tell(fail(Errc::Driver, formatted("{}: {}", m_name, line.empty() ? std::to_string(end.status) : line)));
    }

    void onOutput()
    {
        m_answer += m_child.takeOutput();
        if (m_answer.size() > MaxProgramAnswer) {
            tell(fail(Errc::TooMuch, formatted("{} answers more than it can have to say", m_name)));
            m_child.kill();
        }
    }

    void onDeadline()
    {
        tell(fail(Errc::TimedOut, formatted("{} does not end", m_name)));
        m_child.kill();
    }

    void tell(Result<QByteArray> outcome)
    {
        if (auto done = std::exchange(m_done, nullptr)) {
            deleteLater();
            done(std::move(outcome));
        }
    }

    std::string m_name;
    ChildProcess m_child;
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
