// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QPointer>
#include <QStringList>
#include <QTimer>

class KMessageWidget;

namespace Bulkhead
{

class CopyJob;
class MessageArea;

/// The copies of dom0's files into qubes that a window was asked for. Runs them side by side and says above the view
/// how far each is, with Cancel, and what became of it, with Try Again where it failed: one message a copy.
class FileCopies : public QObject
{
    Q_OBJECT

public:
    /// @param program  see CopyJob
    /// @param messages  outlives what is running
    FileCopies(QString program, MessageArea *messages, QObject *parent = nullptr);
    ~FileCopies() override;
    FileCopies(const FileCopies &) = delete;
    FileCopies &operator=(const FileCopies &) = delete;

    void copy(const QString &qube, const QStringList &paths);

    /// The qubes that something is being copied to, each once, by name.
    [[nodiscard]] QStringList busyQubes() const;
    /// Cancels everything.
    void stop();

private:
    struct Copy {
        CopyJob *job;
        QString subject;
        QPointer<KMessageWidget> message;
        unsigned long announced = 0; ///< per cent
    };

    void begin(const QString &subject, const QString &qube, const QStringList &paths);
    void showProgress();
    void conclude(CopyJob *job);
    void announce(const QString &text);

    QString m_program;
    MessageArea *m_messages;
    QList<Copy> m_running;
    QTimer m_pulse;
    int m_count = 0;
};

} // namespace Bulkhead
