// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/builderrun.h"

#include <QProcess>
#include <QTimer>

#include <format>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr qint64 MaxAnswer = 4096;

/// One run; deletes itself when it has told how it ended.
class BuilderRun : public QObject
{
public:
    BuilderRun(QObject *parent,
               const BuilderProgram &program,
               std::string_view order,
               std::move_only_function<void(Result<DomId>)> done)
        : QObject(parent)
        , m_done(std::move(done))
    {
        m_process.setProgram(QString::fromStdString(program.path.string()));
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel); // its log is ours
        m_process.setProcessEnvironment(cleanEnvironment());
        connect(&m_process, &QProcess::finished, this, &BuilderRun::onFinished);
        connect(&m_process, &QProcess::errorOccurred, this, &BuilderRun::onError);
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, &BuilderRun::onDeadline);
        m_deadline.start(program.limit);
        m_process.start();
        m_process.write(order.data(), static_cast<qint64>(order.size()));
        m_process.closeWriteChannel();
    }

private:
    /// libxl starts hotplug scripts with what its process has.
    static QProcessEnvironment cleanEnvironment()
    {
        QProcessEnvironment environment;
        environment.insert(QStringLiteral("PATH"),
                           QStringLiteral("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
                                          "/sbin:/bin"));
        environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
        return environment;
    }

    void onFinished()
    {
        const auto answer = m_process.read(MaxAnswer);
        tell(parseBuildAnswer({answer.data(), static_cast<std::size_t>(answer.size())}));
    }

    void onError(QProcess::ProcessError error)
    {
        if (error == QProcess::FailedToStart) { // all others are followed by finished()
            tell(fail(Errc::Driver, std::format("{} cannot be started", m_process.program().toStdString())));
        }
    }

    void onDeadline()
    {
        m_isLate = true;
        m_process.kill(); // told when it is gone, so that nobody removes what it is still making
    }

    void tell(Result<DomId> outcome)
    {
        if (auto done = std::exchange(m_done, nullptr)) {
            deleteLater();
            if (m_isLate) {
                outcome = fail(Errc::TimedOut, "building the domain takes too long");
            }
            done(std::move(outcome));
        }
    }

    QProcess m_process;
    QTimer m_deadline;
    bool m_isLate = false;
    std::move_only_function<void(Result<DomId>)> m_done;
};

} // namespace

void runBuilder(QObject *parent,
                const BuilderProgram &program,
                const BuildOrder &order,
                std::move_only_function<void(Result<DomId>)> done)
{
    const auto text = buildOrderText(order);
    if (!text) {
        done(std::unexpected(text.error()));
        return;
    }
    new BuilderRun(parent, program, *text, std::move(done));
}

} // namespace Bulkhead
