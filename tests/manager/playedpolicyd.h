// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArrayList>
#include <QLocalServer>
#include <QLocalSocket>
#include <QTemporaryDir>
#include <QTest>

namespace Bulkhead::Test
{

/// The policy's daemon: says one thing, and keeps what it was asked.
class PlayedPolicyd
{
public:
    PlayedPolicyd()
    {
        QVERIFY(m_server.listen(m_folder.filePath(QStringLiteral("policy"))));
        QObject::connect(&m_server, &QLocalServer::newConnection, &m_server, [this] {
            QLocalSocket *const client = m_server.nextPendingConnection();
            QObject::connect(client, &QLocalSocket::disconnected, client, &QObject::deleteLater);
            QObject::connect(client, &QLocalSocket::readyRead, client, [this, client] {
                if (client->peek(client->bytesAvailable()).endsWith("\n\n")) {
                    asked << client->readAll();
                    client->write(answer);
                    client->disconnectFromServer();
                }
            });
        });
    }

    [[nodiscard]] QString path() const
    {
        return m_server.fullServerName();
    }

    QByteArray answer;
    QByteArrayList asked;

private:
    QTemporaryDir m_folder;
    QLocalServer m_server;
};

} // namespace Bulkhead::Test
