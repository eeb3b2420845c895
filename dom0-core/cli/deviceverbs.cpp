// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/deviceverbs.h"

#include "base/formatted.h"
#include "dom0-core/cli/devicelist.h"
#include "dom0-core/cli/help.h"
#include "dom0-core/cli/qubes.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

/// The call for a device of a qube.
Result<void> callDevice(const Daemon &daemon,
                        const std::string &deviceClass,
                        std::string_view call,
                        const std::string &qube,
                        const Device &device,
                        std::string payload = {})
{
    BH_CHECK(daemon.call({.method = formatted("admin.vm.device.{}.{}", deviceClass, call),
                          .argument = argumentFor(device),
                          .qube = qube,
                          .payload = std::move(payload)}));
    return {};
}

/// The device that the second word names, narrowed to its port or its identity if an option says so.
Result<Device> deviceFrom(const Arguments &arguments)
{
    BH_TRY(Device device, parseDevice(arguments.operand(1)));
    if (arguments.has("port")) {
        device.identity = "*";
    } else if (arguments.has("device")) {
        device.port = "*";
    }
    return device;
}

/// What is plugged in there now: an assignment is for a device, not for whatever comes.
Result<std::string> identityAt(const Daemon &daemon, const std::string &deviceClass, const std::string &text)
{
    BH_TRY(const Device device, parseDevice(text));
    BH_TRY(const auto lines, deviceLines(daemon, deviceClass, "Available", device.backend, device.port));
    if (lines.size() != 1) {
        return fail(Errc::NotFound,
                    formatted("{} has no device at {}: plug it in, or give --port for whatever will be there",
                              device.backend,
                              device.port));
    }
    return valueOf(lines.front().values, "device_id");
}

/// `key='value'` of an assignment, with the options of the class.
Result<std::string> payloadFor(const Arguments &arguments,
                               const std::string &deviceClass,
                               const std::string &qube,
                               const Device &device,
                               const std::string &mode)
{
    KeyValues values{{"device_id", device.identity},
                     {"port_id", device.port},
                     {"devclass", deviceClass},
                     {"backend_domain", device.backend},
                     {"mode", mode},
                     {"frontend_domain", qube}};
    for (const std::string &option : arguments.values("option")) {
        const auto equals = option.find('=');
        if (equals == std::string::npos) {
            return fail(Errc::BadValue, formatted("'{}' is not of the form NAME=VALUE", option));
        }
        setValue(values, '_' + option.substr(0, equals), option.substr(equals + 1));
    }
    if (arguments.has("ro")) {
        setValue(values, "_read-only", "yes");
    }
    return serialised(values);
}

Result<int>
assignAs(Session &session, const Arguments &arguments, const std::string &deviceClass, const std::string &mode)
{
    BH_TRY(Device device, deviceFrom(arguments));
    if (device.identity == "*" && !arguments.has("port")) {
        BH_TRY(device.identity, identityAt(session.daemon, deviceClass, arguments.operand(1)));
    }
    const std::string qube = arguments.operand(0);
    BH_TRY(std::string payload, payloadFor(arguments, deviceClass, qube, device, mode));
    BH_CHECK(callDevice(session.daemon, deviceClass, "Assign", qube, device, std::move(payload)));
    return 0;
}

Result<int> assign(Session &session, const Arguments &arguments, const std::string &deviceClass)
{
    const std::string mode = arguments.has("required") ? "required"
        : arguments.has("ask")                         ? "ask-to-attach"
                                                       : "auto-attach";
    return assignAs(session, arguments, deviceClass, mode);
}

Result<int> attach(Session &session, const Arguments &arguments, const std::string &deviceClass)
{
    BH_TRY(const Device device, deviceFrom(arguments));
    const std::string qube = arguments.operand(0);
    BH_TRY(std::string payload, payloadFor(arguments, deviceClass, qube, device, "manual"));
    BH_CHECK(callDevice(session.daemon, deviceClass, "Attach", qube, device, std::move(payload)));
    return arguments.has("persistent") ? assignAs(session, arguments, deviceClass, "required") : Result<int>(0);
}

/// One device, or all that the list call names.
Result<int> release(Session &session,
                    const Arguments &arguments,
                    const std::string &deviceClass,
                    const std::string &list,
                    const std::string &call)
{
    const std::string qube = arguments.operand(0);
    std::string only;
    if (arguments.operands().size() > 1) {
        BH_TRY(const Device device, deviceFrom(arguments));
        const bool isExact = device.identity != "*" || arguments.has("port");
        if (call != "Unassign" || isExact) {
            BH_CHECK(callDevice(session.daemon, deviceClass, call, qube, device));
            return 0;
        }
        // An assignment is known by all that it says, and a person names the port.
        only = formatted("{}+{}", device.backend, device.port);
    }
    BH_TRY(const auto lines, deviceLines(session.daemon, deviceClass, list, qube, only));
    if (lines.empty() && !only.empty()) {
        return fail(Errc::NotFound, formatted("{} has no such assignment", qube));
    }
    for (const DeviceLine &line : lines) {
        BH_CHECK(callDevice(session.daemon, deviceClass, call, qube, deviceOf(line)));
    }
    return 0;
}

Result<int> detach(Session &session, const Arguments &arguments, const std::string &deviceClass)
{
    return release(session, arguments, deviceClass, "Attached", "Detach");
}

Result<int> unassign(Session &session, const Arguments &arguments, const std::string &deviceClass)
{
    return release(session, arguments, deviceClass, "Assigned", "Unassign");
}

Result<int> info(Session &session, const Arguments &arguments, const std::string &deviceClass)
{
    BH_TRY(const Device device, deviceFrom(arguments));
    BH_TRY(const auto lines, deviceLines(session.daemon, deviceClass, "Available", device.backend, device.port));
    if (lines.empty()) {
        return fail(Errc::NotFound, formatted("{} has no device at {}", device.backend, device.port));
    }
    for (const DeviceLine &line : lines) {
        if (arguments.has("json")) {
            session.console.print(jsonOf(line.values));
        } else {
            session.console.printLines(pairLines(line.values));
        }
    }
    return 0;
}

struct Action {
    std::string_view names; ///< the first one is shown
    std::size_t least;      ///< words after it
    std::size_t most;
    Result<int> (*run)(Session &session, const Arguments &arguments, const std::string &deviceClass);
};

constexpr std::array Actions{
    Action{.names = "list,ls,l", .least = 0, .most = SIZE_MAX, .run = listDevices},
    Action{.names = "attach,at,a", .least = 2, .most = 2, .run = attach},
    Action{.names = "detach,dt,d", .least = 1, .most = 2, .run = detach},
    Action{.names = "assign,s", .least = 2, .most = 2, .run = assign},
    Action{.names = "unassign,u", .least = 1, .most = 2, .run = unassign},
    Action{.names = "info,i", .least = 2, .most = 2, .run = info},
};

} // namespace

constinit const std::array<Option, 11> DeviceOptions{
    Option{.letter = 'o',
           .names = "option",
           .help = "attach, assign: an option of the class; may be given again",
           .value = "NAME=VALUE"},
    Option{.names = "ro", .help = "attach, assign: the qube may only read it; the same as -o read-only=yes"},
    Option{.letter = 'p', .names = "persistent", .help = "attach: and assign it as required"},
    Option{.letter = 'r', .names = "required", .help = "assign: the qube does not start without it"},
    Option{.names = "ask,ask-to-attach", .help = "assign: ask before it is attached"},
    Option{.names = "port,only-port", .help = "assign, unassign: whatever is plugged in there"},
    Option{.names = "device,only-device", .help = "assign, unassign: this device, wherever it is plugged in"},
    Option{.letter = 's', .names = "assignments", .help = "list: also to whom devices are assigned, with a *"},
    Option{.names = "json", .help = "list, info: for programs"},
    AllQubes,
    ExcludedQubes,
};

Result<int> runDeviceAction(Session &session, const Arguments &arguments, const std::string &deviceClass)
{
    const std::string wanted = arguments.operands().empty() ? "list" : arguments.operand(0);
    const auto *const action = std::ranges::find_if(Actions, [&wanted](const Action &known) {
        return std::ranges::contains(partsOf(known.names, ","), wanted);
    });
    if (action == Actions.end()) {
        return fail(Errc::BadValue,
                    formatted("'{}' is none of list, attach, detach, assign, unassign and info", wanted));
    }
    const Arguments rest = arguments.withoutFirstOperand();
    if (rest.operands().size() < action->least || rest.operands().size() > action->most) {
        return fail(Errc::BadValue, formatted("{} takes other words; see --help", wanted));
    }
    return action->run(session, rest, deviceClass);
}

} // namespace Bulkhead::Cli
