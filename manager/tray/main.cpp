// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-tray: the item in the desktop's tray, and what it has to say.
#include "base/clock.h"
#include "manager/client/adminsource.h"
#include "manager/files/copyjob.h"
#include "manager/introduction/introduction.h"
#include "manager/policylink/policymessages.h"
#include "manager/policylink/policysocket.h"
#include "manager/session/lockwatch.h"
#include "manager/tray/drag/dragdisplay.h"
#include "manager/tray/lockcurtain.h"
#include "manager/tray/notifier.h"
#include "manager/tray/shelf/shelfcontrol.h"
#include "manager/tray/tray.h"
#include "manager/tray/x11/dragwatch.h"

#include <KAboutData>
#include <KIconTheme>
#include <KLocalizedString>
#include <KX11Extras>
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QLoggingCategory>
#include <QStandardPaths>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

Q_LOGGING_CATEGORY(trayLog, "bulkhead.tray", QtInfoMsg)

/// A notice is a few words and an argument.
constexpr qsizetype MaxNotice = 200'000;

PolicySocket::Paths readOptions(const QCoreApplication &app, KAboutData &about)
{
    QCommandLineParser parser;
    about.setupCommandLine(&parser);
    const QCommandLineOption own(u"socket"_s,
                                 i18nc("@info:shell", "Where the policy's daemon tells what it decided."),
                                 i18nc("@info:shell", "path"),
                                 u"/run/qubes/policy-notify.sock"_s);
    const QCommandLineOption policyd(u"policy-socket"_s,
                                     i18nc("@info:shell", "The policy daemon's own socket: its owner alone may tell."),
                                     i18nc("@info:shell", "path"),
                                     u"/run/qubes/policy.sock"_s);
    parser.addOptions({own, policyd});
    parser.process(app);
    about.processCommandLine(&parser);
    return {.own = parser.value(own), .policyd = parser.value(policyd)};
}

void connectShelf(ShelfControl &shelf, DragDisplay &drags)
{
    QObject::connect(&drags, &DragDisplay::dragBegan, &shelf, [&shelf] {
        shelf.onDrag(Shelf::From::Qube, true);
    });
    QObject::connect(&drags, &DragDisplay::dragEnded, &shelf, [&shelf] {
        shelf.onDrag(Shelf::From::Qube, false);
    });
    QObject::connect(&drags, &DragDisplay::arrived, &shelf, &ShelfControl::onArrived);
    QObject::connect(&drags, &DragDisplay::acted, &shelf, &ShelfControl::onAct);
    QObject::connect(&shelf, &ShelfControl::told, &drags, &DragDisplay::tell);
}

} // namespace

int main(int argc, char **argv)
{
    KIconTheme::initTheme();
    const QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    KAboutData about = introduce({.component = u"bulkhead-tray"_s,
                                  .title = ki18nc("@title", "Qubes in the Tray"),
                                  .purpose = ki18nc("@title", "Tells you what happens to your qubes")});
    PolicySocket::Paths paths = readOptions(app, about);
    const QString policySocket = paths.policyd;

    const BootClock clock;
    DesktopNotifier notifier;
    Tray tray(clock, &notifier);
    PolicySocket socket(std::move(paths), MaxNotice, [&tray](std::unique_ptr<PolicyPeer> peer) {
        tray.take(std::move(peer));
    });
    if (const auto listening = socket.listen(); !listening) {
        qCCritical(trayLog, "%s", listening.error().text().c_str());
        return 1;
    }
    // The clipboard's program is this person's own.
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation) + u"/bulkhead"_s;
    const QString clipboardPath = folder + u"/clipboard-notify.sock"_s;
    PolicySocket clipboard(
        {.own = clipboardPath, .policyd = clipboardPath}, MaxNotice, [&tray](std::unique_ptr<PolicyPeer> peer) {
            tray.takeClipboard(std::move(peer));
        });
    QDir().mkpath(folder);
    if (const auto listening = clipboard.listen(); !listening) {
        qCWarning(trayLog, "what the clipboard does is not told: %s", listening.error().text().c_str());
    }
    DragDisplay drags([] {
        return KX11Extras::compositingActive() ? SheetWidget::Blending::Full : SheetWidget::Blending::None;
    });
    if (const auto listening = drags.listen(folder + u"/drag-show.sock"_s); !listening) {
        qCWarning(trayLog, "files cannot be dragged between qubes: %s", listening.error().text().c_str());
    }
    LockCurtain curtain;
    const LockWatch lockWatch(QDBusConnection::sessionBus(), QDBusConnection::systemBus());
    QObject::connect(&lockWatch, &LockWatch::changed, &curtain, &LockCurtain::setLocked);
    AdminSource source(adminSocketPath(), coreSocketPath());
    ShelfControl shelf(&source,
                       {.copy = CopyJob::installedProgram(), .chooser = u"bulkhead-copy-to-qube"_s},
                       policySocket,
                       KSharedConfig::openConfig());
    connectShelf(shelf, drags);
    const DragWatch watch;
    QObject::connect(&watch, &DragWatch::began, &shelf, [&shelf] {
        shelf.onDrag(Shelf::From::Dom0, true);
    });
    QObject::connect(&watch, &DragWatch::ended, &shelf, [&shelf] {
        shelf.onDrag(Shelf::From::Dom0, false);
    });
    tray.setMenuPart([&shelf](QMenu &menu) {
        shelf.addTo(menu);
    });
    source.start();
    tray.show();
    return QApplication::exec();
}
