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
Q_LOGGING_CATEGORY(companionsLog, "bulkhead.session.companions", QtInfoMsg)
}

Companion::Companion(QString program, QStringList arguments, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_arguments(std::move(arguments))
{
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.setInputChannelMode(QProcess::ManagedInputChannel);
    m_process.setChildProcessModifier([] {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM); // a session that is killed takes it along, and the next one starts its own
    });
    connect(&m_process, &QProcess::finished, this, &Companion::onEnded);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) { // finished() is for those that ran
            onEnded();
        }
    });
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &Companion::start);
}

Companion::~Companion()
{
    m_process.disconnect(this);
    if (m_process.state() != QProcess::NotRunning) {
        m_process.terminate(); // what does not listen is killed by QProcess
    }
}

void Companion::start()
{
    m_started = std::chrono::steady_clock::now();
    m_process.start(m_program, m_arguments);
    m_process.closeWriteChannel();
}

void Companion::onEnded()
{
    const bool stayed = std::chrono::steady_clock::now() - m_started >= Stays;
    m_pause = stayed ? FirstPause : m_pause;
    qCInfo(companionsLog,
           "%s has ended; it is started again in %lld ms",
           qUtf8Printable(m_program),
           static_cast<long long>(m_pause.count()));
    m_again.start(m_pause);
    m_pause = std::min(m_pause * 2, LastPause);
}

} // namespace Bulkhead
