// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/bulkheadd/daemon.h"
#include "dom0-core/driver/fake/fakedriver.h"
#include "dom0-core/driver/fake/fakepool.h"
#include "tests/dom0-core/fakeguestservices.h"
#include "tests/dom0-core/fakehost.h"

#include <QByteArray>
#include <QSocketNotifier>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// A client that does with one connection exactly what a test says. Reads are collected by the event loop.
class RawClient : public QObject
{
    Q_OBJECT

public:
    explicit RawClient(const std::string &path);

    void write(const QByteArray &bytes);
    void halfClose();
    void close();
    /// From now on what the daemon sends stays in the socket.
    void pauseReading();
    /// Turns the event loop until the daemon has ended the connection.
    [[nodiscard]] bool waitForEnd();

    [[nodiscard]] bool isConnected() const
    {
        return static_cast<bool>(m_fd);
    }

    [[nodiscard]] bool hasEnded() const
    {
        return m_ended;
    }

    [[nodiscard]] const QByteArray &received() const
    {
        return m_received;
    }

    /// Takes what came so far, as an event stream: `subject|event|key=value|…` each.
    [[nodiscard]] QStringList events() const;

private:
    void read();

    UniqueFd m_fd;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QByteArray m_received;
    bool m_ended = false;
};

/// A daemon in this process, with fakes below it and real sockets and a real store.
class CoreFixture
{
public:
    /// @param channels  to the qubes, if the test plays them; outlives the fixture
    explicit CoreFixture(AdminApi::Server::Options options = {}, Backend *channels = nullptr);
    CoreFixture(const CoreFixture &) = delete;
    CoreFixture &operator=(const CoreFixture &) = delete;
    ~CoreFixture();

    /// Ends the daemon and starts it again on the same store, driver and pool.
    void restart();

    /// The bytes of the whole answer to a call from dom0.
    [[nodiscard]] QByteArray
    call(const QByteArray &service, const QByteArray &destination, const QByteArray &payload = {});
    [[nodiscard]] QByteArray callFrom(const QByteArray &source,
                                      const QByteArray &service,
                                      const QByteArray &destination,
                                      const QByteArray &payload = {});
    /// The same on the socket of our own.
    [[nodiscard]] QByteArray
    callCore(const QByteArray &service, const QByteArray &destination, const QByteArray &payload);
    /// The same on the socket of dom0's own helpers.
    [[nodiscard]] QByteArray
    callInternal(const QByteArray &service, const QByteArray &destination, const QByteArray &payload);
    /// A request that was sent and half-closed; its answer may still be out.
    [[nodiscard]] std::unique_ptr<RawClient>
    begin(const QByteArray &service, const QByteArray &destination, const QByteArray &payload = {});
    /// A subscription whose first frame has come.
    [[nodiscard]] std::unique_ptr<RawClient> subscribe(const QByteArray &destination = "dom0");

    /// Makes a template and an AppVM on it; both calls must succeed.
    void addTemplate(const QByteArray &name);
    void addAppVm(const QByteArray &name, const QByteArray &base);
    [[nodiscard]] QByteArray stateOf(const QByteArray &qube);

    [[nodiscard]] std::string adminSocket() const;
    [[nodiscard]] std::string runDirectory() const;
    [[nodiscard]] std::string storePath() const;

    FakeHost host;
    BootClock clock;
    FakeDriver driver;
    FakePool pool;
    FakeGuestServices services;
    std::unique_ptr<Daemon> daemon;

private:
    QTemporaryDir m_directory;
    AdminApi::Server::Options m_options;
    Backend *m_channels;
    std::uint8_t m_random = 0;
};

/// Turns the event loop until the condition holds. @return whether it came to hold
[[nodiscard]] bool eventually(const std::function<bool()> &condition);

/// Frames as they must be, spelled out in tests.
[[nodiscard]] QByteArray success(const QByteArray &content = {});
/// The type of an exception frame; empty for any other answer.
[[nodiscard]] QByteArray exceptionType(const QByteArray &answer);
[[nodiscard]] QByteArray exceptionMessage(const QByteArray &answer);

} // namespace Bulkhead::Test
