// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/summons.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QLoggingCategory>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(summonsLog, "bulkhead.prompt.summons", QtInfoMsg)

constexpr auto Service = "org.bulkhead.Prompt"_L1;
constexpr auto Path = "/Prompt"_L1;
constexpr std::chrono::milliseconds AnswerTime = 5s;

} // namespace

Summons::Summons(QObject *parent)
    : QObject(parent)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.registerObject(Path, this, QDBusConnection::ExportScriptableSlots) || !bus.registerService(Service)) {
        qCWarning(summonsLog,
                  "no key of the desktop reaches the questions: the session's bus does not take their name");
    }
}

Result<void> Summons::send()
{
    const auto message = QDBusMessage::createMethodCall(Service, Path, Service, u"Focus"_s);
    const QDBusMessage reply =
        QDBusConnection::sessionBus().call(message, QDBus::Block, static_cast<int>(AnswerTime.count()));
    if (reply.type() != QDBusMessage::ReplyMessage) {
        return fail(Errc::Io, "no prompt runs in this session");
    }
    return {};
}

void Summons::Focus()
{
    Q_EMIT focusWanted();
}

} // namespace Bulkhead
