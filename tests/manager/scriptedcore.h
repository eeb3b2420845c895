// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QLocalServer>
#include <QObject>
#include <QTemporaryDir>

#include <memory>
#include <vector>

namespace Bulkhead::Test
{

class CoreConnection;

/// A core that answers calls with what a test wrote down, on a real socket. Calls it has no answer for are closed
/// without a byte; those that are held back stay open.
class ScriptedCore : public QObject
{
    Q_OBJECT

public:
    ScriptedCore();
    ~ScriptedCore() override;

    [[nodiscard]] QString path() const;
    void listen();
    /// Ends the server and every connection, as a dying core does.
    void die();

    /// @param request  in the short form "admin.vm.Start>work", an argument after a `+`, a payload after a space
    void answer(const QByteArray &request, const QByteArray &bytes);
    void hold(const QByteArray &request);
    /// Sends bytes on every open stream of that call. One that the caller has closed is known to be so after the next.
    void sendEvent(const QByteArray &frame, const QByteArray &request = "admin.Events>dom0");
    [[nodiscard]] qsizetype openStreams(const QByteArray &request) const;

    QList<QByteArray> requests; ///< in the order in which they were complete, in the short form
    std::size_t mostOpen = 0;   ///< connections at once

Q_SIGNALS:
    void requested(const QByteArray &request);

private:
    /// Hands the descriptor on: a QLocalSocket would close itself at the caller's half-close.
    class Listener : public QLocalServer
    {
    public:
        explicit Listener(ScriptedCore *core)
            : m_core(core)
        {
        }

    protected:
        void incomingConnection(quintptr descriptor) override;

    private:
        ScriptedCore *m_core;
    };

    void accept(int descriptor);
    void reply(CoreConnection *connection, const QByteArray &request);
    void forget(CoreConnection *connection);

    QTemporaryDir m_directory;
    Listener m_server;
    QHash<QByteArray, QByteArray> m_answers;
    QList<QByteArray> m_held;
    QMultiHash<QByteArray, CoreConnection *> m_streams; ///< by what was asked
    std::vector<std::unique_ptr<CoreConnection>> m_connections;
};

[[nodiscard]] QByteArray success(const QByteArray &value = {});
[[nodiscard]] QByteArray exceptionFrame(const QByteArray &type, const QByteArray &message);
[[nodiscard]] QByteArray eventFrame(const QByteArray &subject,
                                    const QByteArray &event,
                                    const QList<std::pair<QByteArray, QByteArray>> &values = {});

} // namespace Bulkhead::Test
