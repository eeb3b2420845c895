// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QLocalSocket>
#include <QObject>
#include <QTimer>

#include <functional>

namespace Bulkhead
{

/// One call about policy files, on one connection: `policy.List`, `policy.Get` and the like, as dom0 itself. Nothing
/// here waits. Deletes itself after it has told its end; deleted before, it tells nothing. Main thread.
/// @source docs/protocol/qrexec.md, "Policy files"
class PolicyFileCall : public QObject
{
    Q_OBJECT

public:
    /// Runs once, with what came back without its kind. @errors Io (nobody answers there), TimedOut, NotFound (no such
    /// file), Refused (with the other side's reason), BadField, LongMessage
    using OnReply = std::move_only_function<void(const Result<QByteArray> &)>;

    /// @param service  with its argument: `policy.Get+30-user`
    /// @param parent   owns it until its end
    PolicyFileCall(const QByteArray &service, const QByteArray &payload, OnReply onReply, QObject *parent);
    PolicyFileCall(const PolicyFileCall &) = delete;
    PolicyFileCall &operator=(const PolicyFileCall &) = delete;
    PolicyFileCall(PolicyFileCall &&) = delete;
    PolicyFileCall &operator=(PolicyFileCall &&) = delete;
    ~PolicyFileCall() override;

    /// @param path  the socket where calls about policy files are answered
    void open(const QString &path);

private:
    void send();
    void endRequest();
    void read();
    void onDisconnected();
    void onError(QLocalSocket::LocalSocketError error);
    void finish(const Result<QByteArray> &reply);

    QLocalSocket m_socket;
    QTimer m_deadline;
    QByteArray m_request;
    OnReply m_onReply;
    QByteArray m_reply;
    bool m_isSent = false;
    bool m_isFinished = false;
};

} // namespace Bulkhead
