// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/exchangecontrol.h"

#include "base/formatted.h"
#include "base/number.h"
#include "base/printable.h"

#include <QLocalSocket>
#include <QTimer>

#include <chrono>
#include <string>
#include <utility>

namespace Bulkhead
{

using namespace std::chrono_literals;

namespace
{

/// Longest answer: `error` and a sentence.
constexpr qint64 longestAnswer = 512;
constexpr auto patience = 10s;

/// One request; deletes itself when it has told the answer.
class ExchangeRequest : public QObject
{
public:
    ExchangeRequest(QObject *parent, const QString &socket, QByteArray line, ExchangeControl::Done done)
        : QObject(parent)
        , m_line(std::move(line))
        , m_done(std::move(done))
    {
        connect(&m_socket, &QLocalSocket::connected, this, [this] {
            m_socket.write(m_line + '\n');
        });
        connect(&m_socket, &QLocalSocket::readyRead, this, &ExchangeRequest::onAnswer);
        connect(&m_socket, &QLocalSocket::errorOccurred, this, [this] {
            tell(fail(Errc::Driver, "the exchange is not there"));
        });
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, [this] {
            tell(fail(Errc::TimedOut, "the exchange does not answer"));
        });
        m_deadline.start(patience);
        m_socket.connectToServer(socket);
    }

private:
    void onAnswer()
    {
        if (!m_socket.canReadLine() && m_socket.bytesAvailable() < longestAnswer) {
            return;
        }
        const auto answer = m_socket.readLine(longestAnswer).trimmed();
        if (answer == "ok") {
            tell({});
        } else {
            tell(fail(Errc::Driver, formatted("the exchange refused: {}", printable(answer.toStdString()))));
        }
    }

    void tell(Result<void> outcome)
    {
        if (auto done = std::exchange(m_done, nullptr)) {
            deleteLater();
            done(std::move(outcome));
        }
    }

    QByteArray m_line;
    ExchangeControl::Done m_done;
    QLocalSocket m_socket;
    QTimer m_deadline;
};

} // namespace

ExchangeControl::ExchangeControl(std::filesystem::path directory, QObject *parent)
    : QObject(parent)
    , m_directory(std::move(directory))
{
}

std::filesystem::path ExchangeControl::directoryOf(DomId domain) const
{
    return m_directory / std::to_string(domain.value());
}

std::vector<DomId> ExchangeControl::domains() const
{
    std::vector<DomId> found;
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(m_directory, error)) {
        const std::string name = entry.path().filename().string();
        const auto number = numberIn<std::uint32_t>(name);
        if (number && std::to_string(*number) == name && entry.is_directory(error)) {
            found.emplace_back(*number);
        }
    }
    return found;
}

void ExchangeControl::add(DomId domain, Done done)
{
    request("add " + QByteArray::number(domain.value()), std::move(done));
}

void ExchangeControl::remove(DomId domain, Done done)
{
    request("remove " + QByteArray::number(domain.value()), std::move(done));
}

void ExchangeControl::request(const QByteArray &line, Done done)
{
    new ExchangeRequest(this, QString::fromStdString((m_directory / "control").string()), line, std::move(done));
}

} // namespace Bulkhead
