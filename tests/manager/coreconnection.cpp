// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/manager/coreconnection.h"

#include <sys/socket.h>

#include <array>
#include <utility>

namespace Bulkhead::Test
{

CoreConnection::CoreConnection(UniqueFd descriptor)
    : m_descriptor(std::move(descriptor))
    , m_readable(m_descriptor.get(), QSocketNotifier::Read)
    , m_writable(m_descriptor.get(), QSocketNotifier::Write)
{
    m_writable.setEnabled(false);
    connect(&m_readable, &QSocketNotifier::activated, this, &CoreConnection::read);
    connect(&m_writable, &QSocketNotifier::activated, this, &CoreConnection::write);
}

void CoreConnection::read()
{
    std::array<char, 4096> buffer{};
    const ssize_t count = ::recv(m_descriptor.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) {
        m_received.append(buffer.data(), count);
    } else if (count == 0) {
        m_readable.setEnabled(false);
        Q_EMIT requestEnded(m_received);
    }
}

void CoreConnection::send(const QByteArray &bytes)
{
    m_toSend += bytes;
    m_writable.setEnabled(true);
}

void CoreConnection::finish()
{
    m_isFinishing = true;
    m_writable.setEnabled(true);
}

void CoreConnection::write()
{
    const ssize_t count = ::send(m_descriptor.get(),
                                 m_toSend.constData(),
                                 static_cast<std::size_t>(m_toSend.size()),
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) {
        m_toSend.remove(0, count);
    }
    if (m_toSend.isEmpty() || count < 0) {
        m_writable.setEnabled(false);
        if (m_isFinishing || count < 0) {
            Q_EMIT closed();
        }
    }
}

} // namespace Bulkhead::Test
