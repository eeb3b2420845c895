// SPDX-License-Identifier: GPL-2.0-or-later
// The table of the properties of qubes: one line each. Spec qube-model, 5.1 to 5.5.
#include "dom0-core/model/properties.h"
#include "dom0-core/model/propertychecks.h"
#include "dom0-core/model/propertydefaults.h"

#include <array>
#include <utility>

namespace Bulkhead
{

namespace
{

using enum PropertyType;
using enum Setting;
namespace Check = PropertyChecks;
namespace Default = PropertyDefaults;

constexpr ClassSet bit(QubeClass klass)
{
    return static_cast<ClassSet>(1U << std::to_underlying(klass));
}

constexpr ClassSet Admin = bit(QubeClass::AdminVM);
constexpr ClassSet App = bit(QubeClass::AppVM);
constexpr ClassSet Standalone = bit(QubeClass::StandaloneVM);
constexpr ClassSet Template = bit(QubeClass::TemplateVM);
constexpr ClassSet Disposable = bit(QubeClass::DispVM);
constexpr ClassSet Guests = App | Standalone | Template | Disposable;
constexpr ClassSet Local = Guests | Admin;
constexpr ClassSet Remote = bit(QubeClass::RemoteVM);
constexpr ClassSet All = Local | Remote;

/// The same number for every qube.
template<int Number> std::optional<std::string> number(const Model &, const Qube &)
{
    return std::to_string(Number);
}

std::optional<std::string> no(const Model &, const Qube &)
{
    return "False";
}

std::optional<std::string> empty(const Model &, const Qube &)
{
    return std::string();
}

std::optional<std::string> pvh(const Model &, const Qube &)
{
    return "pvh";
}

std::optional<std::string> ordinaryUser(const Model &, const Qube &)
{
    return "user";
}

std::optional<std::string> commonMac(const Model &, const Qube &)
{
    return "00:16:3e:5e:6c:00";
}

/// What a global property says now; an unset one leaves this one unset, too.
template<const std::string_view &Name> std::optional<std::string> global(const Model &model, const Qube &)
{
    return readGlobal(model, *findGlobal(Name)).text;
}

constexpr std::string_view DefaultDispvm = "default_dispvm";
constexpr std::string_view ManagementDispvm = "management_dispvm";
constexpr std::string_view DefaultGuivm = "default_guivm";
constexpr std::string_view DefaultAudiovm = "default_audiovm";
constexpr std::string_view DefaultKernel = "default_kernel";
constexpr std::string_view QrexecTimeout = "default_qrexec_timeout";
constexpr std::string_view ShutdownTimeout = "default_shutdown_timeout";

constexpr int MemoryMiB = 400;
constexpr int Processors = 2;

// clang-format off
const std::array Table{
    // What a qube is.
    PropertyRule{.name = "name", .type = Text, .classes = All, .setting = WriteOnce,
                 .help = "Name of the qube; it never changes."},
    PropertyRule{.name = "qid", .type = Integer, .classes = All, .setting = WriteOnce,
                 .help = "Number of the qube, 0 for dom0; it never changes."},
    PropertyRule{.name = "uuid", .type = Text, .classes = All, .setting = WriteOnce,
                 .help = "UUID of the qube and of its domain; it never changes."},
    PropertyRule{.name = "klass", .type = Text, .classes = All, .setting = Computed, .byDefault = Default::className,
                 .help = "Class of the qube."},
    PropertyRule{.name = "label", .type = Label, .classes = All,
                 .help = "Label: the colour of the frames around the qube's windows, and how far you trust it."},
    PropertyRule{.name = "icon", .type = Text, .classes = All, .setting = Computed, .byDefault = Default::icon,
                 .help = "Name of the icon that stands for the qube."},
    PropertyRule{.name = "template", .type = Reference, .classes = App | Disposable, .check = Check::templateName,
                 .help = "Qube that this one's root comes from. Changes only while the qube is halted."},
    PropertyRule{.name = "template_for_dispvms", .type = Boolean, .classes = App | Standalone, .byDefault = no,
                 .check = Check::templateForDisposables,
                 .help = "Whether disposables may be made from this qube."},
    PropertyRule{.name = "updateable", .type = Boolean, .classes = Local, .setting = Computed,
                 .byDefault = Default::updateable,
                 .help = "Whether updates are installed in this qube itself: it has no template."},

    // A disposable.
    PropertyRule{.name = "dispid", .type = Integer, .classes = Disposable, .setting = WriteOnce,
                 .help = "Number of the disposable, which its address comes from; it never changes."},
    PropertyRule{.name = "auto_cleanup", .type = Boolean, .classes = Disposable, .byDefault = no,
                 .help = "Whether the disposable is removed, with all that is its own, when it stops."},
    PropertyRule{.name = "is_preload", .type = Boolean, .classes = Disposable, .setting = Computed,
                 .byDefault = Default::isPreload,
                 .help = "Whether the disposable was made in advance and waits for somebody who needs one."},

    // A qube of another machine.
    PropertyRule{.name = "relayvm", .type = Reference, .classes = Remote, .byDefault = empty, .check = Check::relay,
                 .help = "Qube of this machine that forwards calls to this one."},
    PropertyRule{.name = "transport_rpc", .type = Text, .classes = Remote, .byDefault = empty,
                 .check = Check::serviceName, .help = "Service of the relaying qube that calls are forwarded with."},
    PropertyRule{.name = "remote_name", .type = Text, .classes = Remote, .byDefault = empty,
                 .check = Check::remoteName, .help = "Name of the qube on the other machine."},

    // Its domain.
    PropertyRule{.name = "virt_mode", .type = Text, .classes = Guests, .followsTemplate = true, .byDefault = pvh,
                 .check = Check::virtMode, .help = "Kind of virtualisation: pvh, hvm or pv."},
    PropertyRule{.name = "memory", .type = Integer, .classes = Guests, .followsTemplate = true,
                 .byDefault = number<MemoryMiB>, .check = Check::positive,
                 .help = "Memory that the qube starts with, in MiB."},
    PropertyRule{.name = "maxmem", .type = Integer, .classes = Guests, .followsTemplate = true,
                 .beforeTemplate = Default::noMaxMemoryWithoutBalancing, .byDefault = Default::maxMemory,
                 .check = Check::maxMemory,
                 .help = "Most memory that balancing may give the qube, in MiB; 0 keeps it out of the balancing."},
    PropertyRule{.name = "stubdom_mem", .type = Integer, .classes = Guests, .check = Check::positive,
                 .help = "Memory of the device model's domain, in MiB."},
    PropertyRule{.name = "vcpus", .type = Integer, .classes = Guests, .followsTemplate = true,
                 .byDefault = number<Processors>, .check = Check::processors,
                 .help = "Number of virtual processors."},
    PropertyRule{.name = "kernel", .type = Text, .classes = Guests, .followsTemplate = true,
                 .byDefault = global<DefaultKernel>, .check = Check::kernel,
                 .help = "Kernel from dom0 that the qube boots; empty for the one inside the qube."},
    PropertyRule{.name = "kernelopts", .type = Text, .classes = Guests, .followsTemplate = true,
                 .beforeTemplate = Default::noOptionsWithoutKernel, .byDefault = Default::kernelOptions,
                 .check = Check::kernelOptions, .help = "Options on the kernel's command line."},
    PropertyRule{.name = "bootmode", .type = Text, .classes = Guests, .byDefault = Default::bootMode,
                 .check = Check::bootMode, .help = "Boot mode, one of those that the template announces."},
    PropertyRule{.name = "appvm_default_bootmode", .type = Text, .classes = Template,
                 .byDefault = Default::appVmBootMode, .check = Check::bootMode,
                 .help = "Boot mode of the qubes that are based on this template."},
    PropertyRule{.name = "debug", .type = Boolean, .classes = Guests, .byDefault = no,
                 .help = "Whether the qube starts with its console and messages shown."},
    PropertyRule{.name = "xid", .type = Integer, .classes = Guests, .setting = Computed,
                 .byDefault = Default::domainId, .help = "Number of the running domain, -1 while halted."},
    PropertyRule{.name = "stubdom_xid", .type = Integer, .classes = Guests, .setting = Computed,
                 .byDefault = number<-1>, .help = "Number of the device model's domain, -1 without one."},
    PropertyRule{.name = "stubdom_uuid", .type = Text, .classes = Guests, .setting = Computed, .byDefault = empty,
                 .help = "UUID of the device model's domain, empty without one."},
    PropertyRule{.name = "start_time", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::startTime, .help = "When the qube was started, in seconds since 1970."},

    // How it is used.
    PropertyRule{.name = "default_user", .type = Text, .classes = Guests, .followsTemplate = true,
                 .byDefault = ordinaryUser, .check = Check::userName,
                 .help = "User in the qube that programs run as."},
    PropertyRule{.name = "qrexec_timeout", .type = Integer, .classes = Guests, .followsTemplate = true,
                 .byDefault = global<QrexecTimeout>, .check = Check::positive,
                 .help = "How long a start waits for the qube's agent, in seconds."},
    PropertyRule{.name = "shutdown_timeout", .type = Integer, .classes = Guests, .followsTemplate = true,
                 .byDefault = global<ShutdownTimeout>, .check = Check::positive,
                 .help = "How long a shutdown waits for the qube, in seconds."},
    PropertyRule{.name = "autostart", .type = Boolean, .classes = Guests, .byDefault = no,
                 .help = "Whether the qube starts with the computer."},
    PropertyRule{.name = "include_in_backups", .type = Boolean, .classes = All,
                 .byDefault = Default::includeInBackups,
                 .help = "Whether a backup includes the qube unless told otherwise."},
    PropertyRule{.name = "backup_timestamp", .type = Integer, .classes = Guests, .check = Check::positive,
                 .help = "When the qube was last backed up, in seconds since 1970."},
    PropertyRule{.name = "installed_by_rpm", .type = Boolean, .classes = Guests, .byDefault = no,
                 .help = "Whether a package of dom0 owns the qube, so that it cannot be removed here."},
    PropertyRule{.name = "guivm", .type = Reference, .classes = Guests, .byDefault = global<DefaultGuivm>,
                 .help = "Qube that shows this qube's windows."},
    PropertyRule{.name = "audiovm", .type = Reference, .classes = Guests,
                 .byDefault = global<DefaultAudiovm>, .help = "Qube that plays this qube's sound."},
    PropertyRule{.name = "default_dispvm", .type = Reference, .classes = Local,
                 .beforeTemplate = Default::ownDisposableTemplate, .byDefault = global<DefaultDispvm>,
                 .check = Check::disposableTemplate,
                 .help = "Qube that disposables started from this one are made of."},
    PropertyRule{.name = "management_dispvm", .type = Reference, .classes = Guests, .followsTemplate = true,
                 .byDefault = global<ManagementDispvm>, .check = Check::disposableTemplate,
                 .help = "Qube that disposables which manage this one are made of."},
    PropertyRule{.name = "devices_denied", .type = Text, .classes = Local, .byDefault = empty,
                 .check = Check::deniedDevices,
                 .help = "Codes of device interfaces that nobody may attach to this qube by hand."},
    PropertyRule{.name = "keyboard_layout", .type = Text, .classes = Local, .byDefault = Default::keyboardLayout,
                 .check = Check::keyboardLayout, .help = "Keyboard layout, written layout+variant+options."},

    // Its network.
    PropertyRule{.name = "netvm", .type = Reference, .classes = Guests, .byDefault = Default::netvm,
                 .check = Check::netvm, .help = "Net qube that gives this qube its network; empty for none."},
    PropertyRule{.name = "provides_network", .type = Boolean, .classes = Guests, .byDefault = no,
                 .check = Check::providesNetwork, .help = "Whether this qube is a net qube for others."},
    PropertyRule{.name = "mac", .type = Text, .classes = Guests, .byDefault = commonMac, .check = Check::mac,
                 .help = "Hardware address of the qube's network card."},
    PropertyRule{.name = "ip", .type = Text, .classes = Guests, .byDefault = Default::address4,
                 .check = Check::address4, .help = "The qube's IPv4 address."},
    PropertyRule{.name = "ip6", .type = Text, .classes = Guests, .byDefault = Default::address6,
                 .check = Check::address6, .help = "The qube's IPv6 address."},
    PropertyRule{.name = "visible_ip", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::visibleAddress4, .help = "IPv4 address that the qube itself sees."},
    PropertyRule{.name = "visible_ip6", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::visibleAddress6, .help = "IPv6 address that the qube itself sees."},
    PropertyRule{.name = "visible_gateway", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::visibleGateway4, .help = "IPv4 gateway that the qube itself sees."},
    PropertyRule{.name = "visible_gateway6", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::visibleGateway6, .help = "IPv6 gateway that the qube itself sees."},
    PropertyRule{.name = "visible_netmask", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::visibleNetmask, .help = "IPv4 network mask that the qube itself sees."},
    PropertyRule{.name = "gateway", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::gateway4, .help = "IPv4 gateway that this qube is to its clients."},
    PropertyRule{.name = "gateway6", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::gateway6, .help = "IPv6 gateway that this qube is to its clients."},
    PropertyRule{.name = "dns", .type = Text, .classes = Guests, .setting = Computed,
                 .byDefault = Default::nameServers, .help = "Name servers that the qube uses."},
};
// clang-format on

} // namespace

std::span<const PropertyRule> qubePropertyTable()
{
    return Table;
}

} // namespace Bulkhead
