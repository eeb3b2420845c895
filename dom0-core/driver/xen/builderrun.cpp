// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/builderrun.h"

#include "base/memoryfile.h"
#include "dom0-core/process/childprocess.h"

#include <QTimer>

#include <utility>

namespace Bulkhead
{

namespace
{

constexpr qsizetype MaxAnswer = 4096;

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
        connect(&m_builder, &ChildProcess::outputCame, this, &BuilderRun::onOutput);
        connect(&m_builder, &ChildProcess::ended, this, &BuilderRun::onEnded);
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, &BuilderRun::onDeadline);
        m_deadline.start(program.limit);
        if (auto started = start(program, order); !started) {
            tell(fail(Errc::Driver, started.error().text()));
        }
    }

private:
    Result<void> start(const BuilderProgram &program, std::string_view order)
    {
        BH_TRY(const UniqueFd input, memoryFile(order));
        return m_builder.start({.words = {QString::fromStdString(program.path.string())},
                                .input = input.get(),
                                .wantsOutput = true,
                                .errorsAreOurs = true, // its log is ours
                                .environment = cleanEnvironment()});
    }

    /// libxl starts hotplug scripts with what its process has.
    static QStringList cleanEnvironment()
    {
        return {QStringLiteral("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                QStringLiteral("LC_ALL=C.UTF-8")};
    }

    void onOutput()
    {
        m_answer.append(m_builder.takeOutput());
        m_answer.truncate(MaxAnswer);
    }

    void onEnded()
    {
        onOutput(); // what it wrote last
        tell(parseBuildAnswer({m_answer.data(), static_cast<std::size_t>(m_answer.size())}));
    }

    void onDeadline()
    {
        m_isLate = true;
        m_builder.kill(); // told when it is gone, so that nobody removes what it is still making
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

    ChildProcess m_builder;
    QByteArray m_answer;
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
