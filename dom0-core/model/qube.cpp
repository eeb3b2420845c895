// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/qube.h"

#include "vchan-io/wire/calls/firewallruletext.h"

#include <array>
#include <utility>

namespace Bulkhead
{

std::string_view nameOf(QubeClass klass)
{
    switch (klass) {
    case QubeClass::AdminVM:
        return "AdminVM";
    case QubeClass::AppVM:
        return "AppVM";
    case QubeClass::DispVM:
        return "DispVM";
    case QubeClass::RemoteVM:
        return "RemoteVM";
    case QubeClass::StandaloneVM:
        return "StandaloneVM";
    case QubeClass::TemplateVM:
        return "TemplateVM";
    }
    std::unreachable();
}

std::optional<QubeClass> qubeClassFromName(std::string_view name)
{
    static constexpr std::array all{QubeClass::AdminVM,
                                    QubeClass::AppVM,
                                    QubeClass::DispVM,
                                    QubeClass::RemoteVM,
                                    QubeClass::StandaloneVM,
                                    QubeClass::TemplateVM};
    for (const QubeClass klass : all) {
        if (nameOf(klass) == name) {
            return klass;
        }
    }
    return std::nullopt;
}

std::string_view nameOf(PowerState state)
{
    switch (state) {
    case PowerState::Halted:
        return "Halted";
    case PowerState::Transient:
        return "Transient";
    case PowerState::Running:
        return "Running";
    case PowerState::Paused:
        return "Paused";
    case PowerState::Dying:
        return "Dying";
    case PowerState::Crashed:
        return "Crashed";
    }
    std::unreachable();
}

const Firewall::Rules &rulesOf(const Qube &qube)
{
    return qube.firewall ? *qube.firewall : Firewall::defaultRules();
}

} // namespace Bulkhead
