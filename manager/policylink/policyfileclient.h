// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QObject>
#include <QString>

#include <deque>
#include <functional>

namespace Bulkhead
{

/// Adds lines to one file of the policy, through the calls policy.Get and policy.Replace of dom0: whoever answers these
/// makes a change only if the whole policy can be read with it. Nothing here waits; one line after another is added.
class PolicyFileClient : public QObject
{
    Q_OBJECT

public:
    /// Runs once. @errors Io (nobody answers there), TimedOut, Refused (with the other side's reason), BadField,
    /// LongMessage
    using Done = std::move_only_function<void(const Result<void> &)>;

    /// @param socket  where calls about policy files are answered
    /// @param file    without its suffix
    PolicyFileClient(QString socket, QString file, QObject *parent = nullptr);

    /// Adds a line at the file's end, and makes the file, beginning with `head`, if there is none. A line that it has
    /// already is not added again.
    void addLine(const QString &line, const QString &head, Done done);

private:
    using OnReply = std::move_only_function<void(const Result<QByteArray> &)>;

    struct Addition {
        QByteArray line;
        QByteArray head;
        Done done;
    };

    /// What came back, without its kind; a refusal is an error.
    void call(const QByteArray &service, const QByteArray &payload, OnReply onReply);
    void addFirst();
    void onContent(const Result<QByteArray> &reply);
    void replace(const QByteArray &token, const QByteArray &content);
    void endFirst(const Result<void> &result);

    QString m_socket;
    QString m_file;
    std::deque<Addition> m_waiting; ///< the first is being added
};

} // namespace Bulkhead
