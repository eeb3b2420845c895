// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QTimer>

#include <chrono>

namespace Bulkhead
{

/// A program of the desktop that runs once beside the session: prompt or tray. It is started again when it ends, and
/// ends with the session: what it was asking then is denied.
class Companion : public QObject
{
    Q_OBJECT

public:
    /// Before it is started again: twice as long each time, until it has run for Steady.
    struct Pauses {
        std::chrono::milliseconds first{500};
        std::chrono::milliseconds longest{8000};
    };

    static constexpr std::chrono::minutes Steady{1};

    /// @param program  a path, or a name for PATH
    explicit Companion(QString program, QStringList arguments = {}, QObject *parent = nullptr);
    ~Companion() override;

    void start();

    /// For tests.
    void setPauses(Pauses pauses)
    {
        m_pauses = pauses;
        m_pause = pauses.first;
    }

    /// 0 while it does not run.
    [[nodiscard]] qint64 processId() const
    {
        return m_process.processId();
    }

private:
    void onFinished(int exitCode, QProcess::ExitStatus status);

    QString m_program;
    QStringList m_arguments;
    Pauses m_pauses;
    std::chrono::milliseconds m_pause{m_pauses.first};
    QProcess m_process;
    QElapsedTimer m_running;
    QTimer m_again;
};

} // namespace Bulkhead
