// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/servicewords.h"

#include "manager/policylink/policymessages.h"

#include <KLazyLocalizedString>
#include <KLocalizedString>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

enum class Power : std::uint8_t { Plain, Strong };

/// Sentences about one service, or about all that begin with a name that ends in a dot. %1 is the caller, %2 the
/// target.
struct Entry {
    QLatin1StringView service;
    Power power;
    KLazyLocalizedString request;
    KLazyLocalizedString meaning;
    KLazyLocalizedString denial;
};

#define BH_REQUEST(text) kli18nc("@info a question; %1 the qube that asks", text)
#define BH_MEANING(text) kli18nc("@info what will be possible; %1 the qube that asks, %2 the one it asks for", text)
#define BH_DENIAL(text) kli18nc("@info what was denied; %1 the qube that asked, %2 the one it asked for", text)

/// The longest name that fits counts.
const std::array Entries{
    Entry{"qubes.Filecopy"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to copy files to another qube."),
          BH_MEANING("%1 may put files into the folder QubesIncoming/%1 of %2, this once. It sees nothing of %2."),
          BH_DENIAL("%1 may not copy files to %2.")},
    Entry{"qubes.OpenInVM"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to open a file in another qube."),
          BH_MEANING("%2 opens one file of %1, and %1 gets it back if it is changed there. A program in %2 reads what "
                     "%1 wrote."),
          BH_DENIAL("%1 may not open a file in %2.")},
    Entry{"qubes.OpenURL"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to open a link in another qube."),
          BH_MEANING("%2 opens one link that %1 chose, in its own browser and with its own network."),
          BH_DENIAL("%1 may not open a link in %2.")},
    Entry{"qubes.StartApp"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to start a program in another qube."),
          BH_MEANING("%2 starts one of its installed programs, the one that %1 named."),
          BH_DENIAL("%1 may not start a program in %2.")},
    Entry{"qubes.GetImageRGBA"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to have a picture converted by another qube."),
          BH_MEANING("%1 gets one picture of %2 as plain pixels."),
          BH_DENIAL("%1 may not have a picture converted by %2.")},
    Entry{"qubes.ClipboardPaste"_L1,
          Power::Plain,
          BH_REQUEST("Text that was copied in %1 is about to be pasted into another qube."),
          BH_MEANING("%2 gets the text that was copied in %1."),
          BH_DENIAL("Text that was copied in %1 may not be pasted into %2.")},
    Entry{"qubes.Notifications"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to show messages on your desktop."),
          BH_MEANING("Messages of %1 are shown, with its name on them."),
          BH_DENIAL("%1 may not show messages.")},
    Entry{"qubes.VMShell"_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to run commands in another qube."),
          BH_MEANING("%1 can do everything in %2 that you can do there: read, change and send away all its files."),
          BH_DENIAL("%1 may not run commands in %2.")},
    Entry{"qubes.VMRootShell"_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to run commands in another qube as its administrator."),
          BH_MEANING("%1 gets all of %2: every file, every program, and whatever %2 itself may do."),
          BH_DENIAL("%1 may not run commands as administrator in %2.")},
    Entry{"qubes.VMExec"_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to run a command in another qube."),
          BH_MEANING("%1 can do everything in %2 that you can do there: read, change and send away all its files."),
          BH_DENIAL("%1 may not run a command in %2.")},
    Entry{"qubes.VMExecGUI"_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to run a program with windows in another qube."),
          BH_MEANING("%1 can do everything in %2 that you can do there: read, change and send away all its files."),
          BH_DENIAL("%1 may not run a program in %2.")},
    Entry{"qubes.ConnectTCP"_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to connect to a network service of another qube."),
          BH_MEANING("%1 reaches one network port of %2, as a program in %2 would."),
          BH_DENIAL("%1 may not connect to a network service of %2.")},
    Entry{"qubes.UpdatesProxy"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to fetch updates through another qube."),
          BH_MEANING("%1 reaches the network through the updates proxy of %2."),
          BH_DENIAL("%1 may not fetch updates through %2.")},
    Entry{"qubes.ReceiveUpdates"_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to hand over downloaded updates."),
          BH_MEANING("%2 takes packages that %1 downloaded, and checks their signatures before it installs them."),
          BH_DENIAL("%1 may not hand over updates to %2.")},
    Entry{"qubes.FeaturesRequest"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to tell what it is able to do."),
          BH_MEANING("What %1 says about itself is noted in its settings."),
          BH_DENIAL("%1 may not tell what it is able to do.")},
    Entry{"qubes.NotifyTools"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to tell which tools it has."),
          BH_MEANING("What %1 says about its tools is noted in its settings."),
          BH_DENIAL("%1 may not tell which tools it has.")},
    Entry{"qubes.NotifyUpdates"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to tell that updates are available."),
          BH_MEANING("%1 is shown as having updates."),
          BH_DENIAL("%1 may not tell that updates are available.")},
    Entry{"qubes.SyncAppMenus"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to tell which programs it has."),
          BH_MEANING("The list of programs of %1 in your menus is replaced."),
          BH_DENIAL("%1 may not tell which programs it has.")},
    Entry{"qubes.WindowIconUpdater"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to send icons for its windows."),
          BH_MEANING("Icons of %1 are shown with its windows, tinted in the colour of its label."),
          BH_DENIAL("%1 may not send icons for its windows.")},
    Entry{"qubes.GetDate"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to know the time."),
          BH_MEANING("%1 gets the time from %2."),
          BH_DENIAL("%1 may not ask %2 for the time.")},
    Entry{"qubes.GetRandomizedTime"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to know roughly what time it is."),
          BH_MEANING("%1 gets a time from %2 that is off by a random amount."),
          BH_DENIAL("%1 may not ask %2 for the time.")},
    Entry{"qubes.RestoreById"_L1,
          Power::Plain,
          BH_REQUEST("%1 wants to read a backup from another qube."),
          BH_MEANING("%1 gets the contents of a backup file of %2."),
          BH_DENIAL("%1 may not read a backup from %2.")},
    Entry{"policy.RegisterArgument"_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to allow a call of its own making."),
          BH_MEANING("The policy is given a rule that %1 chose."),
          BH_DENIAL("%1 may not allow calls of its own making.")},
    Entry{"policy."_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to read or change the policy."),
          BH_MEANING("%1 can learn or decide what all qubes may do."),
          BH_DENIAL("%1 may not read or change the policy.")},
    Entry{"admin.backup."_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to make a backup."),
          BH_MEANING("A backup that is set up in dom0 is made, or stopped, for %1."),
          BH_DENIAL("%1 may not make a backup.")},
    Entry{"admin.vm.device."_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to manage the devices of a qube."),
          BH_MEANING("%1 can look at the devices of %2, attach some to it or take them away."),
          BH_DENIAL("%1 may not manage the devices of %2.")},
    Entry{"admin.vm.volume."_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to manage the storage of a qube."),
          BH_MEANING("%1 can look at the storage of %2, and replace or copy what is in it."),
          BH_DENIAL("%1 may not manage the storage of %2.")},
    Entry{"admin."_L1,
          Power::Strong,
          BH_REQUEST("%1 wants to manage qubes."),
          BH_MEANING("%1 does one deed of an administrator on %2. The details name it."),
          BH_DENIAL("%1 may not manage %2.")},
};

#undef BH_REQUEST
#undef BH_MEANING
#undef BH_DENIAL

const Entry *entryOf(const QString &service)
{
    const Entry *best = nullptr;
    for (const Entry &entry : Entries) {
        const bool fits = entry.service.endsWith(u'.') ? service.startsWith(entry.service) : service == entry.service;
        if (fits && (best == nullptr || entry.service.size() > best->service.size())) {
            best = &entry;
        }
    }
    return best;
}

/// A name in a sentence about nobody in particular.
QString someQube()
{
    return i18nc("@info in place of a name in a sentence, where none is chosen yet", "the chosen qube");
}

QString filled(const KLazyLocalizedString &text, const QString &caller, const QString &target)
{
    return text.subs(caller).subs(target).relaxSubs().toString(); // a sentence need not name both
}

} // namespace

ServiceWords wordsFor(const QString &service, const QString &caller, const QString &target)
{
    const QString other = target.isEmpty() ? someQube() : target;
    const Entry *const entry = entryOf(service);
    if (entry == nullptr) {
        return {.request = i18nc("@info %1 the qube that asks, %2 technical name of a service we do not know",
                                 "%1 wants to use “%2” (unknown service).",
                                 caller,
                                 service),
                .meaning = i18nc("@info %1 the qube that asks, %2 the one it asks for, %3 technical name",
                                 "A program of %2 that is set up as “%3” is run for %1. What it does is known to "
                                 "whoever set it up.",
                                 caller,
                                 other,
                                 service),
                .isKnown = false};
    }
    return {.request = entry->request.subs(caller).relaxSubs().toString(),
            .meaning = filled(entry->meaning, caller, other),
            .isStrong = entry->power == Power::Strong};
}

QString denialOf(const QString &service, const QString &caller, const QString &target)
{
    const Entry *const entry = entryOf(service);
    if (entry == nullptr || target.isEmpty()) {
        return i18nc(
            "@info %1 the qube that asked, %2 technical name of a service", "%1 may not use “%2”.", caller, service);
    }
    return filled(entry->denial, caller, target);
}

QString allowanceOf(const QString &service, const QString &caller, const QString &target)
{
    return i18nc("@info %1 the qube that asked, %2 technical name of a service, %3 the qube it asked for",
                 "%1 uses “%2” of %3.",
                 caller,
                 service,
                 target.isEmpty() ? someQube() : target);
}

QString targetWord(const QString &target)
{
    const QString disposable = disposableTemplateOf(target);
    return disposable.isEmpty() ? target
                                : i18nc("@item %1 a disposable template's name", "new disposable (%1)", disposable);
}

} // namespace Bulkhead
