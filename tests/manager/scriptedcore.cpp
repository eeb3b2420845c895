// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/manager/scriptedcore.h"

#include "tests/manager/coreconnection.h"

#include <QFile>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead::Test
{

namespace
{

/// "admin.vm.Start dom0 name work\0payload" in the short form of the scripts.
QByteArray shortForm(const QByteArray &bytes)
{
    const qsizetype end = bytes.indexOf('\0');
    const QList<QByteArray> words = bytes.first(std::max<qsizetype>(end, 0)).split(' ');
    if (words.size() != 4) {
        return "malformed";
    }
    const QByteArray payload = bytes.sliced(end + 1);
    QByteArray call = words.at(0) + '>' + words.at(3);
    if (!payload.isEmpty()) {
        call += ' ' + payload;
    }
    return call;
}

} // namespace

void ScriptedCore::Listener::incomingConnection(quintptr descriptor)
{
    m_core->accept(static_cast<int>(descriptor));
}

ScriptedCore::ScriptedCore()
    : m_server(this)
{
}

ScriptedCore::~ScriptedCore() = default;

QString ScriptedCore::path() const
{
    return m_directory.filePath(u"core.sock"_s);
}

void ScriptedCore::listen()
{
    QFile::remove(path());
    m_server.listen(path());
}

void ScriptedCore::die()
{
    m_server.close();
    m_streams.clear();
    m_connections.clear();
}

void ScriptedCore::answer(const QByteArray &request, const QByteArray &bytes)
{
    m_answers.insert(request, bytes);
}

void ScriptedCore::hold(const QByteArray &request)
{
    m_held << request;
}

void ScriptedCore::sendEvent(const QByteArray &frame, const QByteArray &request)
{
    for (CoreConnection *stream : m_streams.values(request)) {
        stream->send(frame);
    }
}

qsizetype ScriptedCore::openStreams(const QByteArray &request) const
{
    return m_streams.count(request);
}

void ScriptedCore::accept(int descriptor)
{
    auto *connection = m_connections.emplace_back(std::make_unique<CoreConnection>(UniqueFd(descriptor))).get();
    mostOpen = std::max(mostOpen, m_connections.size());
    connect(connection, &CoreConnection::requestEnded, this, [this, connection](const QByteArray &bytes) {
        reply(connection, shortForm(bytes));
    });
    connect(connection, &CoreConnection::closed, this, [this, connection] {
        forget(connection);
    });
}

void ScriptedCore::reply(CoreConnection *connection, const QByteArray &request)
{
    requests << request;
    if (request == "admin.Events>dom0" || request == "bulkhead.Traffic>dom0") {
        m_streams.insert(request, connection);
        connection->send(eventFrame({}, "connection-established"));
    } else if (!m_held.contains(request)) {
        connection->send(m_answers.value(request));
        connection->finish();
    }
    Q_EMIT requested(request);
}

void ScriptedCore::forget(CoreConnection *connection)
{
    m_streams.removeIf([connection](const QMultiHash<QByteArray, CoreConnection *>::iterator &stream) {
        return stream.value() == connection;
    });
    const auto place = std::ranges::find(m_connections, connection, &std::unique_ptr<CoreConnection>::get);
    if (place != m_connections.end()) {
        place->release()->deleteLater(); // it is the sender
        m_connections.erase(place);
    }
}

QByteArray success(const QByteArray &value)
{
    return QByteArray("0\0", 2) + value;
}

QByteArray exceptionFrame(const QByteArray &type, const QByteArray &message)
{
    return QByteArray("2\0", 2) + type + '\0' + '\0' + message + '\0';
}

QByteArray
eventFrame(const QByteArray &subject, const QByteArray &event, const QList<std::pair<QByteArray, QByteArray>> &values)
{
    QByteArray frame = QByteArray("1\0", 2) + subject + '\0' + event + '\0';
    for (const auto &[key, value] : values) {
        frame += key + '\0' + value + '\0';
    }
    return frame + '\0';
}

} // namespace Bulkhead::Test
