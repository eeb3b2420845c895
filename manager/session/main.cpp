// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminclient.h"
#include "manager/client/adminsource.h"
#include "manager/client/demomode.h"
#include "manager/session/adoption.h"
#include "manager/session/companion.h"
#include "manager/session/daemonsettings.h"
#include "manager/session/lockwatch.h"
#include "manager/session/session.h"
#include "manager/session/x11/rootproperty.h"

#include <KLocalizedString>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLoggingCategory>
#include <QStandardPaths>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

Q_LOGGING_CATEGORY(sessionLog, "bulkhead.session", QtInfoMsg)

/// What the session starts.
struct Options {
    SessionOptions session;
    QString prompt;
    QString tray;
};

/// Beside this program if it is there, else wherever PATH has it.
QString usualProgram(const QString &name)
{
    const QString beside = QCoreApplication::applicationDirPath() + u'/' + name;
    return QFileInfo(beside).isExecutable() ? beside : name;
}

Options readOptions(const QCoreApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(i18nc("@info:shell", "Shows the windows of qubes on this desktop."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption daemon(u"gui-daemon"_s,
                                    i18nc("@info:shell", "Program that frames a qube's windows."),
                                    i18nc("@info:shell", "program"),
                                    usualProgram(u"bulkhead-gui-daemon"_s));
    const QCommandLineOption prompt(u"prompt"_s,
                                    i18nc("@info:shell", "Program that asks when the policy says so."),
                                    i18nc("@info:shell", "program"),
                                    usualProgram(u"bulkhead-prompt"_s));
    const QCommandLineOption tray(u"tray"_s,
                                  i18nc("@info:shell", "Program in the desktop's tray."),
                                  i18nc("@info:shell", "program"),
                                  usualProgram(u"bulkhead-tray"_s));
    const QCommandLineOption transport(
        u"transport"_s, i18nc("@info:shell", "How the daemons reach the qubes."), i18nc("@info:shell", "name"));
    parser.addOptions({daemon, prompt, tray, transport});
    parser.process(app);
    return {.session = {.daemonProgram = parser.value(daemon),
                        .runtimeDirectory =
                            QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation) + u"/bulkhead"_s,
                        .transport = parser.value(transport),
                        .isDemo = isDemo()},
            .prompt = parser.value(prompt),
            .tray = parser.value(tray)};
}

} // namespace

int main(int argc, char **argv)
{
    const QGuiApplication app(argc, argv);
    QGuiApplication::setQuitOnLastWindowClosed(false);
    QCoreApplication::setApplicationName(u"bulkhead-session"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(BULKHEAD_VERSION));
    KLocalizedString::setApplicationDomain("bulkhead");

    const Options options = readOptions(app);
    const UniqueFd lock = lockSession(options.session.runtimeDirectory);
    if (!lock) {
        qCInfo(sessionLog,
               "another session of this person runs already, or %s cannot be written",
               qUtf8Printable(options.session.runtimeDirectory));
        return 1;
    }
    // Whoever shows windows of qubes looks at this property; it stays as it is until somebody says more.
    const LockWatch lockWatch(QDBusConnection::sessionBus(), QDBusConnection::systemBus());
    QObject::connect(&lockWatch, &LockWatch::changed, &app, [](bool isLocked) {
        writeRootProperty("_BULKHEAD_LOCKED", isLocked ? 1 : 0);
    });
    AdminSource source(adminSocketPath(), coreSocketPath());
    AdminClient client(adminSocketPath());
    DaemonSettings settings(&client);
    Session session(&source, options.session);
    session.setSettings(&settings);
    session.adoptDaemons();
    Companion clipboard(usualProgram(u"bulkhead-clipboard"_s), {});
    clipboard.start();
    Companion drag(usualProgram(u"bulkhead-drag"_s), {});
    drag.start();
    Companion desktopDrag(usualProgram(u"bulkhead-drag-desktop"_s), {});
    desktopDrag.start();
    Companion prompt(options.prompt);
    prompt.start();
    Companion tray(options.tray);
    tray.start();
    source.start();
    return QGuiApplication::exec();
}
