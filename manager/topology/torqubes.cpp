// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/torqubes.h"

using namespace Qt::StringLiterals;

namespace Bulkhead
{

bool isTorGatewayTemplate(const QString &name)
{
    return name.startsWith("whonix-gateway"_L1) || name.startsWith("whonix-gw"_L1);
}

bool isTorWorkstationTemplate(const QString &name)
{
    return name.startsWith("whonix-workstation"_L1) || name.startsWith("whonix-ws"_L1);
}

bool isTorGateway(const QubeInfo &qube)
{
    return qube.providesNetwork
        && (qube.traits.takesIntoTor || qube.traits.tags.contains("anon-gateway"_L1)
            || isTorGatewayTemplate(qube.templateName));
}

bool belongsBehindTor(const QubeInfo &qube)
{
    return qube.traits.tags.contains("anon-vm"_L1) || isTorWorkstationTemplate(qube.templateName);
}

} // namespace Bulkhead
