// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/policysocket.h"

#include "base/listenbacklog.h"
#include "base/unixaddress.h"

#include <QFile>
#include <QLoggingCategory>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(linkLog, "bulkhead.policylink", QtInfoMsg)

/// The owner, and the group of the folder, which is that of the socket: policyd is in it.
constexpr mode_t SocketMode = 0660;
constexpr mode_t UmaskForSocket = 0777 & ~SocketMode;

/// Where no descriptor is free.
constexpr std::chrono::seconds Rest{1};

UniqueFd makeSocket()
{
    return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// One that has no room for a further caller just now serves, too.
bool isServed(const UnixAddress &address)
{
    const UniqueFd probe = makeSocket();
    return probe && (::connect(probe.get(), address.get(), UnixAddress::Size) == 0 || errno == EAGAIN);
}

} // namespace

PolicyPeer::PolicyPeer(UniqueFd socket, qsizetype longestText)
    : m_socket(std::move(socket))
    , m_longestText(longestText)
    , m_notifier(std::make_unique<QSocketNotifier>(m_socket.get(), QSocketNotifier::Read))
{
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &PolicyPeer::onReadable);
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, &PolicyPeer::leave);
    m_deadline.start(TextDeadline);
}

void PolicyPeer::onReadable()
{
    std::array<char, 16384> buffer{};
    const ssize_t count = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            leave();
        }
        return;
    }
    if (count == 0) {
        m_deadline.stop();
        waitForHangUp();
        Q_EMIT complete();
        return;
    }
    m_text.append(buffer.data(), count);
    if (m_text.size() > m_longestText) {
        leave();
    }
}

void PolicyPeer::waitForHangUp()
{
    // Its half of the stream has ended, so the socket itself is readable for ever; only its whole end counts from now
    // on.
    m_notifier->setEnabled(false);
    m_hangUp.reset(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event none{};
    if (!m_hangUp || ::epoll_ctl(m_hangUp.get(), EPOLL_CTL_ADD, m_socket.get(), &none) != 0) {
        qCWarning(linkLog, "a caller cannot be watched: errno %d", errno);
        return; // its answer will then go nowhere
    }
    m_notifier.release()->deleteLater(); // it is at work
    m_notifier = std::make_unique<QSocketNotifier>(m_hangUp.get(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &PolicyPeer::leave);
}

void PolicyPeer::leave()
{
    m_notifier->setEnabled(false);
    m_deadline.stop();
    m_isGone = true;
    Q_EMIT gone();
}

void PolicyPeer::answer(const QByteArray &text)
{
    m_notifier->setEnabled(false);
    (void)::send(m_socket.get(), text.constData(), static_cast<std::size_t>(text.size()), MSG_DONTWAIT | MSG_NOSIGNAL);
    m_hangUp.reset();
    m_socket.reset();
}

PolicySocket::PolicySocket(Paths paths, qsizetype longestText, OnText onText, QObject *parent)
    : QObject(parent)
    , m_paths(std::move(paths))
    , m_longestText(longestText)
    , m_onText(std::move(onText))
{
    m_rest.setSingleShot(true);
    m_rest.setInterval(Rest);
    connect(&m_rest, &QTimer::timeout, this, [this] {
        m_notifier->setEnabled(true);
    });
}

PolicySocket::~PolicySocket() = default;

Result<void> PolicySocket::listen()
{
    const QByteArray path = QFile::encodeName(m_paths.own);
    BH_TRY(const UnixAddress address, UnixAddress::of(path.toStdString()));
    if (isServed(address)) {
        return fail(Errc::Exists, "another program of this person serves there");
    }
    UniqueFd listener = makeSocket();
    if (!listener) {
        return failErrno(errno, "making a socket");
    }
    (void)::unlink(path.constData()); // of one that died
    const mode_t before = ::umask(UmaskForSocket);
    const int bound = ::bind(listener.get(), address.get(), UnixAddress::Size);
    const int reason = errno;
    (void)::umask(before);
    if (bound != 0 || ::listen(listener.get(), ListenBacklog) != 0) {
        return failErrno(bound != 0 ? reason : errno, "listening for the policy's daemon");
    }
    m_listener = std::move(listener);
    m_notifier = std::make_unique<QSocketNotifier>(m_listener.get(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &PolicySocket::onConnection);
    return {};
}

void PolicySocket::onConnection()
{
    UniqueFd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        if (errno == EMFILE || errno == ENFILE) {
            rest();
        }
        return; // or it went already
    }
    if (!isPolicyd(socket.get())) {
        qCWarning(linkLog, "a program that is not the policy's daemon was turned away");
        return;
    }
    if (m_reading.size() >= MaxReading) {
        qCWarning(linkLog, "too many texts of the policy's daemon are under way; one is left out");
        return;
    }
    read(std::move(socket));
}

void PolicySocket::rest()
{
    // The connection that waits stays readable: without a rest this would spin.
    qCWarning(linkLog, "out of file descriptors; the policy's daemon waits until some are free");
    m_notifier->setEnabled(false);
    m_rest.start();
}

bool PolicySocket::isPolicyd(int socket) const
{
    ucred peer{};
    socklen_t size = sizeof(peer);
    struct stat policyd = {};
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
        && ::lstat(QFile::encodeName(m_paths.policyd).constData(), &policyd) == 0 && S_ISSOCK(policyd.st_mode)
        && peer.uid == policyd.st_uid;
}

void PolicySocket::read(UniqueFd socket)
{
    const Id id = m_next++;
    auto peer = std::make_unique<PolicyPeer>(std::move(socket), m_longestText);
    // Queued: whoever takes the peer may destroy it, and it should not be at work then.
    connect(
        peer.get(),
        &PolicyPeer::complete,
        this,
        [this, id] {
            if (auto node = m_reading.extract(id)) {
                node.mapped()->disconnect(this);
                m_onText(std::move(node.mapped()));
            }
        },
        Qt::QueuedConnection);
    connect(
        peer.get(),
        &PolicyPeer::gone,
        this,
        [this, id] {
            m_reading.erase(id);
        },
        Qt::QueuedConnection);
    m_reading.emplace(id, std::move(peer));
}

} // namespace Bulkhead
