// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/methods.h"

#include "dom0-core/adminapi/calls/calls.h"

#include <algorithm>
#include <array>

namespace Bulkhead::AdminApi
{

namespace
{

using enum Presence;
using enum Target;

// Spec admin-api, 8. Where an empty argument has an answer of its own (2.2), the column says Free.
// clang-format off
const std::array AdminTable{
    // name, argument, payload, destination, handler
    Method{"admin.vmclass.List", Empty, Empty, Dom0, &Calls::listClasses},
    Method{"admin.vm.List", Empty, Empty, Every, &Calls::listQubes},
    Method{"admin.vm.CurrentState", Empty, Empty, Every, &Calls::currentState},
    Method{"admin.Events", Empty, Empty, Every, Stream::Events},
    Method{"admin.vm.Stats", Empty, Empty, Every, Stream::Stats},

    Method{"admin.vm.Create.AdminVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.Create.AppVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.Create.DispVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.Create.RemoteVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.Create.StandaloneVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.Create.TemplateVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.CreateInPool.AdminVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.CreateInPool.AppVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.CreateInPool.DispVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.CreateInPool.RemoteVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.CreateInPool.StandaloneVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.CreateInPool.TemplateVM", Free, Required, Dom0, &Calls::create},
    Method{"admin.vm.CreateDisposable", Free, Free, Every, &Calls::createDisposable},
    Method{"admin.vm.Remove", Empty, Empty, Every, &Calls::remove},
    Method{"admin.vm.Start", Empty, Empty, Every, &Calls::start},
    Method{"admin.vm.Shutdown", Free, Empty, Every, &Calls::shutdown},
    Method{"admin.vm.Kill", Empty, Empty, Every, &Calls::kill},
    Method{"admin.vm.Pause", Empty, Empty, Every, &Calls::pause},
    Method{"admin.vm.Unpause", Empty, Empty, Every, &Calls::unpause},
    Method{"admin.vm.Suspend", Empty, Empty, Every, &Calls::suspend},
    Method{"admin.vm.Resume", Empty, Empty, Every, &Calls::resume},
    Method{"admin.vm.Console", Empty, Empty, Every, &Calls::console},

    Method{"admin.vm.property.List", Empty, Empty, Every, &Calls::listProperties},
    Method{"admin.vm.property.Get", Free, Empty, Every, &Calls::getProperty},
    Method{"admin.vm.property.GetAll", Empty, Empty, Every, &Calls::getAllProperties},
    Method{"admin.vm.property.GetDefault", Free, Empty, Every, &Calls::getPropertyDefault},
    Method{"admin.vm.property.Help", Free, Empty, Every, &Calls::propertyHelp},
    Method{"admin.vm.property.Set", Free, Free, Every, &Calls::setProperty},
    Method{"admin.vm.property.Reset", Free, Empty, Every, &Calls::resetProperty},
    Method{"admin.property.List", Empty, Empty, Dom0, &Calls::listGlobals},
    Method{"admin.property.Get", Free, Empty, Dom0, &Calls::getGlobal},
    Method{"admin.property.GetAll", Empty, Empty, Dom0, &Calls::getAllGlobals},
    Method{"admin.property.GetDefault", Free, Empty, Dom0, &Calls::getGlobalDefault},
    Method{"admin.property.Help", Free, Empty, Dom0, &Calls::globalHelp},
    Method{"admin.property.Set", Free, Free, Dom0, &Calls::setGlobal},
    Method{"admin.property.Reset", Free, Empty, Dom0, &Calls::resetGlobal},

    Method{"admin.vm.feature.List", Empty, Empty, Every, &Calls::listFeatures},
    Method{"admin.vm.feature.Get", Free, Empty, Every, &Calls::getFeature},
    Method{"admin.vm.feature.CheckWithTemplate", Free, Empty, Every, &Calls::getFeature},
    Method{"admin.vm.feature.CheckWithNetvm", Free, Empty, Every, &Calls::getFeature},
    Method{"admin.vm.feature.CheckWithAdminVM", Free, Empty, Every, &Calls::getFeature},
    Method{"admin.vm.feature.CheckWithTemplateAndAdminVM", Free, Empty, Every, &Calls::getFeature},
    Method{"admin.vm.feature.Set", Free, Free, Every, &Calls::setFeature},
    Method{"admin.vm.feature.Remove", Free, Empty, Every, &Calls::removeFeature},
    Method{"admin.vm.notes.Get", Empty, Empty, NotDom0, &Calls::getNotes},
    Method{"admin.vm.notes.Set", Empty, Free, NotDom0, &Calls::setNotes},
    Method{"admin.vm.tag.List", Empty, Empty, Every, &Calls::listTags},
    Method{"admin.vm.tag.Get", Free, Empty, Every, &Calls::getTag},
    Method{"admin.vm.tag.Set", Required, Empty, Every, &Calls::setTag},
    Method{"admin.vm.tag.Remove", Required, Empty, Every, &Calls::removeTag},

    Method{"admin.deviceclass.List", Empty, Empty, Dom0, &Calls::listDeviceClasses},
    Method{"admin.vm.device.block.Available", Free, Empty, Every, &Calls::availableDevices},
    Method{"admin.vm.device.block.Assigned", Free, Empty, Every, &Calls::assignedDevices},
    Method{"admin.vm.device.block.Attached", Free, Empty, Every, &Calls::attachedDevices},
    Method{"admin.vm.device.block.Assign", Required, Required, Every, &Calls::assignDevice},
    Method{"admin.vm.device.block.Unassign", Required, Empty, Every, &Calls::unassignDevice},
    Method{"admin.vm.device.block.Set.assignment", Required, Required, Every, &Calls::setAssignment},
    Method{"admin.vm.device.block.Attach", Required, Free, Every, &Calls::attachDevice},
    Method{"admin.vm.device.block.Detach", Required, Empty, Every, &Calls::detachDevice},
    Method{"admin.vm.device.pci.Available", Free, Empty, Every, &Calls::availableDevices},
    Method{"admin.vm.device.pci.Assigned", Free, Empty, Every, &Calls::assignedDevices},
    Method{"admin.vm.device.pci.Attached", Free, Empty, Every, &Calls::attachedDevices},
    Method{"admin.vm.device.pci.Assign", Required, Required, Every, &Calls::assignDevice},
    Method{"admin.vm.device.pci.Unassign", Required, Empty, Every, &Calls::unassignDevice},
    Method{"admin.vm.device.pci.Set.assignment", Required, Required, Every, &Calls::setAssignment},
    Method{"admin.vm.device.pci.Attach", Required, Free, Every, &Calls::attachDevice},
    Method{"admin.vm.device.pci.Detach", Required, Empty, Every, &Calls::detachDevice},
    Method{"admin.vm.device.denied.List", Empty, Empty, Every, &Calls::listDenied},
    Method{"admin.vm.device.denied.Add", Empty, Free, Every, &Calls::addDenied},
    Method{"admin.vm.device.denied.Remove", Empty, Free, Every, &Calls::removeDenied},

    Method{"admin.vm.firewall.Get", Empty, Empty, NotDom0, &Calls::getFirewall},
    Method{"admin.vm.firewall.Set", Empty, Free, NotDom0, &Calls::setFirewall},
    Method{"admin.vm.firewall.Reload", Empty, Empty, NotDom0, &Calls::reloadFirewall},
    Method{"admin.vm.volume.List", Empty, Empty, Every, &Calls::listVolumes},
    Method{"admin.vm.volume.Info", Required, Empty, Every, &Calls::volumeInfo},
    Method{"admin.vm.volume.ListSnapshots", Required, Empty, Every, &Calls::listSnapshots},
    Method{"admin.vm.volume.Revert", Required, Required, Every, &Calls::revertVolume},
    Method{"admin.vm.volume.CloneFrom", Required, Empty, Every, &Calls::cloneFrom},
    Method{"admin.vm.volume.CloneTo", Required, Required, Every, &Calls::cloneTo},
    Method{"admin.vm.volume.Resize", Required, Required, Every, &Calls::resizeVolume},
    Method{"admin.vm.volume.Clear", Required, Empty, Every, &Calls::clearVolume},
    Method{"admin.vm.volume.Set.revisions_to_keep", Required, Required, Every, &Calls::setVolumeRevisions},
    Method{"admin.vm.volume.Set.rw", Required, Required, Every, &Calls::setVolumeWritable},
    Method{"admin.vm.volume.Import", Required, Empty, Every, &Calls::importStream},
    Method{"admin.vm.volume.ImportWithSize", Required, Required, Every, &Calls::importStream},
    Method{"admin.vm.volume.Set.ephemeral", Required, Required, Every, &Calls::setVolumeEphemeral},
    Method{"admin.pool.List", Empty, Empty, Dom0, &Calls::listPools},
    Method{"admin.pool.ListDrivers", Empty, Empty, Dom0, &Calls::listPoolDrivers},
    Method{"admin.pool.Info", Required, Empty, Dom0, &Calls::poolInfo},
    Method{"admin.pool.UsageDetails", Required, Empty, Dom0, &Calls::poolUsage},
    Method{"admin.pool.Add", Required, Required, Dom0, &Calls::addPool},
    Method{"admin.pool.Remove", Required, Empty, Dom0, &Calls::removePool},
    Method{"admin.pool.Set.revisions_to_keep", Required, Required, Dom0, &Calls::setPoolRevisions},
    Method{"admin.pool.Set.ephemeral_volatile", Required, Required, Dom0, &Calls::setPoolEphemeral},
    Method{"admin.pool.volume.List", Required, Empty, Dom0, &Calls::listPoolVolumes},

    Method{"admin.label.List", Empty, Empty, Dom0, &Calls::listLabels},
    Method{"admin.label.Get", Required, Empty, Dom0, &Calls::getLabel},
    Method{"admin.label.Index", Required, Empty, Dom0, &Calls::labelIndex},
    Method{"admin.label.Create", Required, Required, Dom0, &Calls::createLabel},
    Method{"admin.label.Remove", Required, Empty, Dom0, &Calls::removeLabel},
};
// clang-format on

Checked<void> checkPresence(Presence wanted, std::string_view value, std::string_view missing, std::string_view extra)
{
    if (wanted == Required && value.empty()) {
        return refuse(RefusalKind::Protocol, std::string(missing));
    }
    if (wanted == Empty && !value.empty()) {
        return refuse(RefusalKind::Protocol, std::string(extra));
    }
    return {};
}

} // namespace

std::span<const Method> adminMethods()
{
    return AdminTable;
}

const Method *findMethod(std::span<const Method> methods, std::string_view name)
{
    const auto place = std::ranges::find(methods, name, &Method::name);
    return place == methods.end() ? nullptr : &*place;
}

std::optional<std::size_t> streamStart(std::string_view bytes, std::span<const Method> methods)
{
    const auto end = bytes.find('\0');
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const Method *const method = findMethod(methods, bytes.substr(0, bytes.find_first_of("+ ")));
    if (method == nullptr || !std::holds_alternative<UploadHandler>(method->handler)) {
        return std::nullopt;
    }
    const std::size_t begin = end + 1;
    if (method->payload == Empty) {
        return begin;
    }
    const auto line = bytes.substr(begin, MaxSizeLine).find('\n');
    if (line != std::string_view::npos) {
        return begin + line + 1;
    }
    // Whatever that is, it is no size.
    return bytes.size() - begin >= MaxSizeLine ? std::optional(begin + MaxSizeLine) : std::nullopt;
}

Checked<void>
checkColumns(const Method &method, std::string_view argument, std::string_view payload, const Qube &destination)
{
    BH_CHECK(checkPresence(method.payload, payload, "expected payload", "unexpected payload"));
    BH_CHECK(checkPresence(method.argument, argument, "expected an argument", "unexpected argument"));
    const bool isDom0 = destination.id == Dom0Qid;
    if (method.target == Target::Dom0 && !isDom0) {
        return refuse(RefusalKind::Protocol, "expected destination to be AdminVM");
    }
    if (method.target == NotDom0 && isDom0) {
        return refuse(RefusalKind::Protocol, "expected destination to not be AdminVM");
    }
    return {};
}

} // namespace Bulkhead::AdminApi
