// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-prompt: asks the person when the policy says so.
#include "base/clock.h"
#include "manager/client/adminsource.h"
#include "manager/introduction/introduction.h"
#include "manager/policylink/policymessages.h"
#include "manager/policylink/policysocket.h"
#include "manager/prompt/presence.h"
#include "manager/prompt/prompt.h"
#include "manager/prompt/promptdialog.h"
#include "manager/prompt/rulekeeper.h"
#include "manager/prompt/summons.h"

#include <KAboutData>
#include <KIconTheme>
#include <KLocalizedString>
#include <QApplication>
#include <QCommandLineParser>
#include <QLoggingCategory>

#include <string_view>
#include <utility>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

Q_LOGGING_CATEGORY(promptLog, "bulkhead.prompt", QtInfoMsg)

constexpr std::string_view FocusOption = "--focus";

PolicySocket::Paths readOptions(const QCoreApplication &app, KAboutData &about)
{
    QCommandLineParser parser;
    about.setupCommandLine(&parser);
    const QCommandLineOption own(u"socket"_s,
                                 i18nc("@info:shell", "Where the policy's daemon asks."),
                                 i18nc("@info:shell", "path"),
                                 u"/run/qubes/policy-ask.sock"_s);
    const QCommandLineOption policyd(u"policy-socket"_s,
                                     i18nc("@info:shell", "The policy daemon's own socket: its owner alone may ask."),
                                     i18nc("@info:shell", "path"),
                                     u"/run/qubes/policy.sock"_s);
    const QCommandLineOption focus(
        u"focus"_s,
        i18nc("@info:shell", "Gives the keyboard's focus to the question that waits, and ends. For a key."));
    parser.addOptions({own, policyd, focus});
    parser.process(app);
    about.processCommandLine(&parser);
    return {.own = parser.value(own), .policyd = parser.value(policyd)};
}

/// Needs the session's bus only: a key that is pressed waits for no display.
int focusTheOther(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    if (const auto sent = Summons::send(); !sent) {
        qCCritical(promptLog, "%s", sent.error().text().c_str());
        return 1;
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc == 2 && argv[1] == FocusOption) {
        return focusTheOther(argc, argv);
    }
    KIconTheme::initTheme();
    const QApplication app(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    KAboutData about = introduce({.component = u"bulkhead-prompt"_s,
                                  .title = ki18nc("@title", "Questions of Qubes"),
                                  .purpose = ki18nc("@title", "Asks you when the policy says so")});
    PolicySocket::Paths paths = readOptions(app, about);

    const BootClock clock;
    AdminSource source(adminSocketPath(), coreSocketPath());
    PromptDialog dialog(clock, &source);
    Prompt prompt(clock, &source, &dialog);
    Presence presence(&prompt, &dialog);
    RuleKeeper rules(u"/run/qubes/policy-admin.sock"_s);
    QObject::connect(&prompt, &Prompt::ruleWanted, &rules, &RuleKeeper::add);
    const Summons summons;
    QObject::connect(&summons, &Summons::focusWanted, &presence, &Presence::takeFocus);
    PolicySocket socket(std::move(paths), MaxPolicyText, [&prompt](std::unique_ptr<PolicyPeer> peer) {
        prompt.take(std::move(peer));
    });
    if (const auto listening = socket.listen(); !listening) {
        qCCritical(promptLog, "%s", listening.error().text().c_str());
        return 1;
    }
    source.start();
    return QApplication::exec();
}
