// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/guestprobes.h"

#include "manager/client/adminformat.h"

#include <QProcess>
#include <QTimer>

#include <chrono>
#include <memory>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// One that pings waits for two seconds itself; the rest is for the qube.
constexpr auto longest = 15s;

} // namespace

GuestProbes::GuestProbes(QString client, const QString &socketPath, QString outside, QObject *parent)
    : QObject(parent)
    , m_client(std::move(client))
    , m_core(socketPath)
    , m_outside(std::move(outside))
{
}

ProbeRunner::Run GuestProbes::runner(GuestProbes *probes)
{
    return [probes](const Probe &probe, ProbeRunner::Ended ended) {
        probes->run(probe, std::move(ended));
    };
}

void GuestProbes::run(const Probe &probe, ProbeRunner::Ended ended)
{
    if (!probe.command.isEmpty()) {
        runCommand(probe, probe.command, std::move(ended));
        return;
    }
    if (probe.hop.isEmpty() || probe.kind == Probe::Kind::StayShut) { // to the outside
        runCommand(probe, pingCommand(m_outside), std::move(ended));
        return;
    }
    lookUp(probe, {}, std::move(ended));
}

/// What each qube of the way takes for its net qube's address. A hop is reached by what the one before it takes for it:
/// where addresses are hidden that need not be the hop's own, which has no answer there
/// (docs/protocol/guest-settings.md).
/// @param known  of the first qubes of the way
void GuestProbes::lookUp(const Probe &probe, const QStringList &known, ProbeRunner::Ended ended)
{
    if (known.size() == probe.way.size()) {
        const QString address = known.isEmpty() ? QString() : known.last();
        // Where a nearer hop is told under the same address, that one would answer.
        const bool isFirst = known.indexOf(address) == known.size() - 1;
        runCommand(probe, isFirst ? pingCommand(address) : QString(), std::move(ended));
        return;
    }
    m_core.call(qubeCall("admin.vm.property.Get", probe.way.at(known.size()), "visible_gateway"),
                this,
                [this, probe, known, ended = std::move(ended)](const AdminResult &answer) mutable {
                    const auto gateway = answer ? parseProperty(*answer) : Result<PropertyValue>(PropertyValue{});
                    lookUp(probe, known + QStringList{gateway ? gateway->value : QString()}, std::move(ended));
                });
}

void GuestProbes::runCommand(const Probe &probe, const QString &command, ProbeRunner::Ended ended)
{
    if (command.isEmpty()) {
        ended(std::nullopt);
        return;
    }
    auto *process = new QProcess(this);
    const auto answer = std::make_shared<ProbeRunner::Ended>(std::move(ended)); // taken by the first that ends it
    const auto finish = [process, answer](std::optional<int> status) {
        if (auto once = std::exchange(*answer, {})) {
            process->deleteLater();
            once(status);
        }
    };
    process->setStandardInputFile(QProcess::nullDevice());
    process->setStandardOutputFile(QProcess::nullDevice());
    process->setStandardErrorFile(QProcess::nullDevice());
    connect(process, &QProcess::finished, process, [finish](int code, QProcess::ExitStatus how) {
        finish(how == QProcess::NormalExit ? std::optional(code) : std::nullopt);
    });
    connect(process, &QProcess::errorOccurred, process, [finish](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) { // everything else ends in `finished`
            finish(std::nullopt);
        }
    });
    QTimer::singleShot(longest, process, &QProcess::kill);
    process->start(m_client, {u"-d"_s, probe.qube, QString(probe.account + u':' + command)});
}

} // namespace Bulkhead
