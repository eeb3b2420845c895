// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/notifier.h"

#include "manager/tray/bubble.h"

#include <KLocalizedString>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QVariantMap>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int ByTheDesktop = -1; ///< how long it is shown

QDBusMessage messageFor(const NoticeText &text)
{
    QDBusMessage message = QDBusMessage::createMethodCall(u"org.freedesktop.Notifications"_s,
                                                          u"/org/freedesktop/Notifications"_s,
                                                          u"org.freedesktop.Notifications"_s,
                                                          u"Notify"_s);
    // A body may be read as markup: then ours is none.
    message << i18nc("@title name of the application", "Qubes") << 0U << u"bulkhead-manager"_s << text.title
            << text.text.toHtmlEscaped() << QStringList()
            << QVariantMap{{u"urgency"_s, QVariant::fromValue(uchar{0})},
                           {u"desktop-entry"_s, u"bulkhead-manager"_s},
                           {u"suppress-sound"_s, true}}
            << ByTheDesktop;
    return message;
}

} // namespace

void DesktopNotifier::show(const NoticeText &text)
{
    auto *const watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(messageFor(text)), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, text] {
        if (watcher->isError()) {
            showBubble(text, {});
        }
        watcher->deleteLater();
    });
}

void DesktopNotifier::showBubble(const NoticeText &text, const QString &subject)
{
    Bubble::showNew(text, subject);
}

} // namespace Bulkhead
