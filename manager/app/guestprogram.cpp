// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/guestprogram.h"

#include "manager/models/untrustedtext.h"

#include <KLocalizedString>
#include <QFileInfo>
#include <QProcess>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString reasonOf(QProcess &process)
{
    // The client's words; a program's own output never comes here, it goes nowhere (-e).
    QString said = shownText(QString::fromUtf8(process.readAllStandardError()));
    if (!said.isEmpty()) {
        return said;
    }
    return process.exitStatus() == QProcess::CrashExit
        ? i18nc("@info reason", "The program that starts it ended unexpectedly.")
        : i18nc("@info reason; %1 is a number", "The call ended with code %1.", process.exitCode());
}

} // namespace

GuestPrograms::GuestPrograms(QString client, QObject *parent)
    : QObject(parent)
    , m_client(std::move(client))
{
}

QString GuestPrograms::installedClient()
{
    if (qEnvironmentVariableIsSet("BULKHEAD_QREXEC_CLIENT")) {
        return qEnvironmentVariable("BULKHEAD_QREXEC_CLIENT");
    }
    const QString fieldsPath = u"/usr/bin/qrexec-client"_s;
    return QFileInfo::exists(fieldsPath) ? fieldsPath : u"bulkhead-qrexec-client"_s;
}

void GuestPrograms::run(const QString &qube, const QString &commandLine)
{
    auto *process = new QProcess(this);
    process->setStandardInputFile(QProcess::nullDevice());
    process->setStandardOutputFile(QProcess::nullDevice());
    connect(process, &QProcess::finished, this, [this, process, qube, commandLine] {
        if (process->exitStatus() == QProcess::CrashExit || process->exitCode() != 0) {
            Q_EMIT failed(qube, commandLine, reasonOf(*process));
        }
        process->deleteLater();
    });
    connect(process, &QProcess::errorOccurred, this, [this, process, qube, commandLine](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) { // everything else ends in `finished`
            Q_EMIT failed(
                qube, commandLine, i18nc("@info reason", "The program for calls into qubes is not installed."));
            process->deleteLater();
        }
    });
    process->start(m_client, {u"-d"_s, qube, u"-e"_s, QString(u"user:" + commandLine)});
}

void GuestPrograms::openTerminal(const QString &qube)
{
    run(qube, u"xterm"_s);
}

} // namespace Bulkhead
