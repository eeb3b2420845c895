// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/eventstream.h"

#include "manager/client/adminreply.h"

#include <QLoggingCategory>

#include <sys/socket.h>

#include <algorithm>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{
Q_LOGGING_CATEGORY(eventsLog, "bulkhead.manager.events", QtInfoMsg)
}

EventStream::EventStream(QString socketPath, QByteArray method, QObject *parent)
    : QObject(parent)
    , m_socketPath(std::move(socketPath))
    , m_method(std::move(method))
    , m_delays{1s, 2s, 5s, 10s, 30s}
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &EventStream::open);
    connect(&m_socket, &QLocalSocket::connected, this, &EventStream::send);
    connect(&m_socket, &QLocalSocket::readyRead, this, &EventStream::read);
    connect(&m_socket, &QLocalSocket::disconnected, this, &EventStream::onEnd);
    connect(&m_socket, &QLocalSocket::errorOccurred, this, &EventStream::onEnd);
}

EventStream::~EventStream()
{
    m_socket.disconnect(this); // closing it must not start another attempt
}

void EventStream::setDelays(Delays delays)
{
    m_delays = std::move(delays);
}

void EventStream::start()
{
    // Never inside the caller, who may not have connected to our signals yet.
    m_retry.start(0ms);
}

void EventStream::stop()
{
    m_retry.stop();
    m_attempt = 0;
    m_active = false; // its end is no loss
    m_socket.abort();
}

void EventStream::retryNow()
{
    if (!m_active) {
        m_retry.start(0ms);
    }
}

void EventStream::open()
{
    m_active = true;
    m_parser = EventParser();
    m_socket.connectToServer(m_socketPath);
}

void EventStream::send()
{
    m_socket.write(buildRequest(systemCall(m_method)));
    m_socket.flush(); // a few dozen bytes into an empty socket: gone at once
    ::shutdown(static_cast<int>(m_socket.socketDescriptor()), SHUT_WR);
}

void EventStream::read()
{
    const auto events = m_parser.feed(m_socket.readAll());
    if (!events) {
        qCWarning(eventsLog, "%s; connecting again", events.error().text().c_str());
        m_socket.abort();
        onEnd();
        return;
    }
    for (const AdminEvent &next : *events) {
        if (next.subject.isEmpty() && next.name == "connection-established"_L1) {
            m_attempt = 0;
            Q_EMIT established();
        } else {
            Q_EMIT received(next);
        }
    }
}

void EventStream::onEnd()
{
    if (!std::exchange(m_active, false)) {
        return; // error and disconnection of one end arrive both
    }
    m_retry.start(m_delays.at(std::min(m_attempt++, m_delays.size() - 1)));
    Q_EMIT lost();
}

} // namespace Bulkhead
