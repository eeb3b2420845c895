// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <chrono>

namespace Bulkhead
{

/// A program of the session that there is one of, beside the gui-daemons: it is kept running, and ends with the session.
class Companion : public QObject
{
    Q_OBJECT

public:
    /// The pause before a start doubles from the first to the last as long as the program does not stay.
    static constexpr std::chrono::milliseconds FirstPause{500};
    static constexpr std::chrono::milliseconds LastPause{30000};
    /// One that ran so long has stayed.
    static constexpr std::chrono::seconds Stays{60};

    /// @param program  a path, or a name for PATH
    Companion(QString program, QStringList arguments, QObject *parent = nullptr);
    ~Companion() override;

    void start();

private:
    void onEnded();

    QString m_program;
    QStringList m_arguments;
    QProcess m_process;
    QTimer m_again;
    std::chrono::milliseconds m_pause = FirstPause;
    std::chrono::steady_clock::time_point m_started;
};

} // namespace Bulkhead
