// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/outside.h"

#include "dom0-core/model/qubefeatures.h"

#include <algorithm>

namespace Bulkhead
{

bool isMarkedOutside(const Model &model, const Qube &qube)
{
    return isFeatureOn(model, qube, OutsideFeature, FeatureLookup::Own);
}

bool hasPciDevice(const Qube &qube)
{
    return std::ranges::any_of(qube.assignments, [](const auto &assignment) {
        return assignment.first.klass == DeviceClass::Pci;
    });
}

} // namespace Bulkhead
