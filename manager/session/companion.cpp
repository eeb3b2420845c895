// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/companion.h"

#include <QLoggingCategory>

#include <sys/prctl.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(companionLog, "bulkhead.session.companions", QtInfoMsg)

/// The loader's and the shell's word for a program that cannot be run at all.
constexpr int exitCannotRun = 127;
/// From being asked to end, at our own end.
constexpr int patienceMs = 2000;

} // namespace

Companion::Companion(QString program, QStringList arguments, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_arguments(std::move(arguments))
{
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.setInputChannelMode(QProcess::ManagedInputChannel);
    m_process.setStandardInputFile(QProcess::nullDevice());
    m_process.setChildProcessModifier([] {
        (void)::prctl(PR_SET_PDEATHSIG, SIGTERM);
    });
    connect(&m_process, &QProcess::finished, this, &Companion::onFinished);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            qCWarning(companionLog, "%s cannot be started; this desktop does without", qUtf8Printable(m_program));
        }
    });
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &Companion::start);
}

Companion::~Companion()
{
    m_process.disconnect(this);
    if (m_process.state() != QProcess::NotRunning) {
        m_process.terminate();
        (void)m_process.waitForFinished(patienceMs); // at our own end only
    }
}

void Companion::start()
{
    m_running.start();
    m_process.start(m_program, m_arguments);
}

void Companion::onFinished(int exitCode, QProcess::ExitStatus status)
{
    if (status == QProcess::NormalExit && exitCode == exitCannotRun) {
        qCWarning(companionLog, "%s cannot be run; this desktop does without", qUtf8Printable(m_program));
        return;
    }
    if (m_running.durationElapsed() >= Steady) {
        m_pause = m_pauses.first;
    }
    qCInfo(companionLog,
           "%s ended with code %d; it is started again in %d ms",
           qUtf8Printable(m_program),
           exitCode,
           static_cast<int>(m_pause.count()));
    m_again.start(m_pause);
    m_pause = std::min(2 * m_pause, m_pauses.longest);
}

} // namespace Bulkhead
