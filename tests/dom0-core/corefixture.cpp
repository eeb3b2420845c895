// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/dom0-core/corefixture.h"

#include "base/genericaddress.h"

#include <QSocketNotifier>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace Bulkhead::Test
{

RawClient::RawClient(const std::string &path)
    : m_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<void *>(address.sun_path), path.data(), path.size());
    if (::connect(m_fd.get(), genericAddress(address), sizeof(address)) != 0 || !makeNonBlocking(m_fd.get())) {
        m_fd.reset();
        return;
    }
    m_notifier = std::make_unique<QSocketNotifier>(m_fd.get(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &RawClient::read);
}

void RawClient::write(const QByteArray &bytes)
{
    QByteArray left = bytes;
    while (!left.isEmpty() && !m_ended) {
        const ssize_t count = ::send(m_fd.get(), left.constData(), static_cast<std::size_t>(left.size()), MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN) {
            return; // the daemon closed; hasEnded() tells when that was read
        }
        left.remove(0, std::max<qsizetype>(0, count));
        if (!left.isEmpty()) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 10);
        }
    }
}

void RawClient::halfClose()
{
    (void)::shutdown(m_fd.get(), SHUT_WR);
}

void RawClient::close()
{
    m_notifier.reset();
    m_fd.reset();
}

void RawClient::pauseReading()
{
    m_notifier->setEnabled(false);
}

bool RawClient::waitForEnd()
{
    return eventually([this] {
        return m_ended;
    });
}

void RawClient::read()
{
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(m_fd.get(), buffer.data(), buffer.size(), 0);
    if (count > 0) {
        m_received.append(buffer.data(), count);
        return;
    }
    if (count == 0 || errno != EAGAIN) {
        m_ended = true;
        m_notifier->setEnabled(false);
    }
}

QStringList RawClient::events() const
{
    QStringList events;
    QStringList fields;
    qsizetype position = 0;
    while (position < m_received.size()) {
        const qsizetype end = m_received.indexOf('\0', position);
        if (end < 0) {
            break; // the rest is still on its way
        }
        const QByteArray field = m_received.mid(position, end - position);
        position = end + 1;
        // "1", subject, event, then pairs until an empty key
        const bool isKey = fields.size() >= 3 && fields.size() % 2 == 1;
        if (isKey && field.isEmpty()) {
            QString event = fields.at(1) + u'|' + fields.at(2);
            for (qsizetype i = 3; i + 1 < fields.size(); i += 2) {
                event += u'|' + fields.at(i) + u'=' + fields.at(i + 1);
            }
            events << event;
            fields.clear();
        } else {
            fields << QString::fromUtf8(field);
        }
    }
    return events;
}

CoreFixture::CoreFixture(AdminApi::Server::Options options, Backend *channels)
    : m_options(options)
    , m_channels(channels)
{
    (void)::mkdir((runDirectory()).c_str(), 0700);
    (void)::mkdir((m_directory.path().toStdString() + "/policy").c_str(), 0700);
    restart();
}

CoreFixture::~CoreFixture()
{
    daemon.reset(); // before the directory of its sockets goes
}

void CoreFixture::restart()
{
    daemon.reset();
    auto started = Daemon::start(
        {.run = runDirectory(),
         .state = m_directory.path().toStdString() + "/state",
         .policy = m_directory.path().toStdString() + "/policy"},
        {.driver = driver,
         .pool = pool,
         .host = host,
         .clock = clock,
         .random =
             [this] {
                 std::array<std::byte, 16> bytes{};
                 bytes.fill(static_cast<std::byte>(++m_random));
                 return bytes;
             },
         .services = services,
         .pools = {{.name = "varlibqubes", .driver = "file-reflink", .options = {{"dir_path", "/var/lib/qubes"}}},
                   {.name = "linux-kernel",
                    .driver = "linux-kernel",
                    .options = {{"dir_path", "/var/lib/qubes/vm-kernels"}}}},
         .channels = m_channels,
         .preloadPace = {.refill = {}, .dropOutdated = {}, .afterStop = {}, .afterChange = {}, .perDelaySecond = {}}},
        m_options);
    if (!started) {
        qFatal("%s", started.error().text().c_str());
    }
    daemon = std::move(*started);
}

std::unique_ptr<RawClient>
CoreFixture::begin(const QByteArray &service, const QByteArray &destination, const QByteArray &payload)
{
    auto client = std::make_unique<RawClient>(adminSocket());
    client->write(service + " dom0 name " + destination + '\0' + payload);
    client->halfClose();
    return client;
}

QByteArray CoreFixture::call(const QByteArray &service, const QByteArray &destination, const QByteArray &payload)
{
    return callFrom("dom0", service, destination, payload);
}

QByteArray CoreFixture::callFrom(const QByteArray &source,
                                 const QByteArray &service,
                                 const QByteArray &destination,
                                 const QByteArray &payload)
{
    RawClient client(adminSocket());
    client.write(service + ' ' + source + " name " + destination + '\0' + payload);
    client.halfClose();
    return client.waitForEnd() ? client.received() : QByteArray("(no end)");
}

QByteArray CoreFixture::callCore(const QByteArray &service, const QByteArray &destination, const QByteArray &payload)
{
    RawClient client(runDirectory() + "/bulkhead/core.sock");
    client.write(service + " dom0 name " + destination + '\0' + payload);
    client.halfClose();
    return client.waitForEnd() ? client.received() : QByteArray("(no end)");
}

QByteArray
CoreFixture::callInternal(const QByteArray &service, const QByteArray &destination, const QByteArray &payload)
{
    RawClient client(runDirectory() + "/qubesd.internal.sock");
    client.write(service + " dom0 name " + destination + '\0' + payload);
    client.halfClose();
    return client.waitForEnd() ? client.received() : QByteArray("(no end)");
}

std::unique_ptr<RawClient> CoreFixture::subscribe(const QByteArray &destination)
{
    auto client = begin("admin.Events", destination);
    if (!QTest::qWaitFor([&] {
            return !client->received().isEmpty();
        })) {
        qFatal("no connection-established");
    }
    return client;
}

void CoreFixture::addTemplate(const QByteArray &name)
{
    QCOMPARE(call("admin.vm.Create.TemplateVM", "dom0", "name=" + name + " label=black"), success());
}

void CoreFixture::addAppVm(const QByteArray &name, const QByteArray &base)
{
    QCOMPARE(call("admin.vm.Create.AppVM+" + base, "dom0", "name=" + name + " label=red"), success());
}

QByteArray CoreFixture::stateOf(const QByteArray &qube)
{
    const QByteArray answer = call("admin.vm.CurrentState", qube);
    return answer.mid(answer.indexOf("power_state=") + 12);
}

std::string CoreFixture::runDirectory() const
{
    return m_directory.path().toStdString() + "/run";
}

std::string CoreFixture::adminSocket() const
{
    return runDirectory() + "/qubesd.sock";
}

std::string CoreFixture::storePath() const
{
    return m_directory.path().toStdString() + "/state/store.sqlite";
}

bool eventually(const std::function<bool()> &condition)
{
    constexpr int Patience = 20000; // ms; a failing test's only
    return QTest::qWaitFor(condition, Patience);
}

QByteArray success(const QByteArray &content)
{
    return QByteArray("0\0", 2) + content;
}

QByteArray exceptionType(const QByteArray &answer)
{
    const QList<QByteArray> fields = answer.split('\0');
    // "2", type, trace, message, and nothing behind the last NUL
    return fields.size() == 5 && fields.at(0) == "2" && fields.at(4).isEmpty() ? fields.at(1) : QByteArray();
}

QByteArray exceptionMessage(const QByteArray &answer)
{
    return exceptionType(answer).isEmpty() ? QByteArray() : answer.split('\0').at(3);
}

} // namespace Bulkhead::Test
