// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

namespace Bulkhead::Test
{

/// One caller of a scripted core: its request until the half-close, then whatever is sent.
class CoreConnection : public QObject
{
    Q_OBJECT

public:
    explicit CoreConnection(UniqueFd descriptor);

    void send(const QByteArray &bytes);
    /// Closes after everything was sent.
    void finish();

Q_SIGNALS:
    void requestEnded(const QByteArray &bytes);
    void closed();

private:
    void read();
    void write();

    UniqueFd m_descriptor;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
    QByteArray m_received;
    QByteArray m_toSend;
    bool m_isFinishing = false;
};

} // namespace Bulkhead::Test
