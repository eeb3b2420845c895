// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/snapshot.h"

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

bool isTrue(const PropertyValue &property)
{
    return property.value == "True"_L1;
}

QubeKind kindOf(const QString &className, const Properties &properties)
{
    if (className == "AdminVM"_L1) {
        return QubeKind::Admin;
    }
    if (className == "TemplateVM"_L1) {
        return QubeKind::Template;
    }
    if (className == "StandaloneVM"_L1) {
        return QubeKind::Standalone;
    }
    if (className == "RemoteVM"_L1) {
        return QubeKind::Remote;
    }
    if (className == "AppVM"_L1) {
        return isTrue(properties.value(u"template_for_dispvms"_s)) ? QubeKind::DisposableTemplate
                                                                   : QubeKind::Application;
    }
    if (className == "DispVM"_L1) {
        return isTrue(properties.value(u"auto_cleanup"_s)) ? QubeKind::Disposable : QubeKind::NamedDisposable;
    }
    return QubeKind::Unknown;
}

} // namespace

QubeState stateFromText(const QString &text)
{
    static constexpr std::array states{
        std::pair{"Halted"_L1, QubeState::Halted},
        std::pair{"Transient"_L1, QubeState::Starting},
        std::pair{"Running"_L1, QubeState::Running},
        std::pair{"Paused"_L1, QubeState::Paused},
        std::pair{"Suspended"_L1, QubeState::Suspended},
        std::pair{"Halting"_L1, QubeState::ShuttingDown},
        std::pair{"Dying"_L1, QubeState::ShuttingDown},
        std::pair{"Crashed"_L1, QubeState::Crashed},
        std::pair{"NA"_L1, QubeState::NotApplicable},
    };
    for (const auto &[word, state] : states) {
        if (text == word) {
            return state;
        }
    }
    return QubeState::Unknown;
}

void applyProperties(QubeInfo &qube, const Properties &properties)
{
    const auto text = [&properties](const QString &name) {
        return properties.value(name).value;
    };
    qube.hasDetails = true;
    qube.kind = kindOf(qube.className, properties);
    qube.label = text(u"label"_s);
    qube.templateName = text(u"template"_s);
    qube.netQube = text(u"netvm"_s);
    qube.netQubeIsDefault = properties.value(u"netvm"_s).isDefault;
    qube.providesNetwork = isTrue(properties.value(u"provides_network"_s));
    qube.startsAtBoot = isTrue(properties.value(u"autostart"_s));
    qube.memoryMiB = text(u"memory"_s).toUInt();
    qube.maxMemoryMiB = text(u"maxmem"_s).toUInt();
    bool isNumber = false;
    const qint64 domId = text(u"xid"_s).toLongLong(&isNumber);
    qube.domId = isNumber ? domId : -1;
    qube.audioQube = text(u"audiovm"_s);
    qube.guiQube = properties.contains(u"guivm"_s) ? text(u"guivm"_s) : u"dom0"_s;
}

bool isUp(QubeState state)
{
    switch (state) {
    case QubeState::Starting:
    case QubeState::Running:
    case QubeState::Paused:
    case QubeState::Suspended:
    case QubeState::ShuttingDown:
        return true;
    case QubeState::Halted:
    case QubeState::Crashed:
    case QubeState::NotApplicable:
    case QubeState::Unknown:
        return false;
    }
    return false;
}

} // namespace Bulkhead
