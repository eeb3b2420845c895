// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-device and qvm-block: devices of qubes that other qubes use.
#include "dom0-core/cli/deviceverbs.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array ClassList{
    Option{.names = "list-device-classes", .help = "list the classes of devices, and end"},
};

Result<int> run(Session &session, const Arguments &arguments)
{
    if (arguments.has("list-device-classes") || arguments.operands().empty()) {
        BH_TRY(const std::string classes, session.daemon.call({.method = "admin.deviceclass.List"}));
        session.console.printLines(linesOf(classes));
        return 0;
    }
    return runDeviceAction(session, arguments.withoutFirstOperand(), arguments.operand(0));
}

Result<int> runBlock(Session &session, const Arguments &arguments)
{
    return runDeviceAction(session, arguments, "block");
}

constexpr Operand ActionOperand{.name = "ACTION", .completes = Completes::Words, .words = DeviceActions};
constexpr Operand DeviceOperand{.name = "DEVICE", .completes = Completes::Devices};
constexpr std::array Operands{
    Operand{.name = "CLASS", .completes = Completes::DeviceClasses},
    ActionOperand,
    QubeOperand,
    DeviceOperand,
};
constexpr std::array BlockOperands{ActionOperand, QubeOperand, DeviceOperand};

} // namespace

constinit const Verb DeviceVerb{
    .name = "device",
    .link = "qvm-device",
    .summary = "show devices and give them to qubes",
    .synopsis = "CLASS list [QUBE...]\nCLASS attach [OPTIONS...] QUBE DEVICE\nCLASS detach QUBE [DEVICE]\n"
                "CLASS assign [OPTIONS...] QUBE DEVICE\nCLASS unassign QUBE [DEVICE]\nCLASS info QUBE DEVICE",
    .description = "CLASS is block, pci and the like; DEVICE is QUBE:PORT, or QUBE:PORT:IDENTITY for what must be "
                   "plugged in there. list "
                   "(ls, l) shows who has devices, what they are and who uses them. attach (at, a) gives one to a "
                   "running qube until it "
                   "ends or detach (dt, d) takes it back. assign (s) has it attached whenever the qube runs and the "
                   "device is there, until "
                   "unassign (u); detach and unassign without a device mean all of the class. info (i) prints what is "
                   "known of one.",
    .options = DeviceOptions,
    .operands = Operands,
    .run = run,
    .moreOptions = ClassList,
};

constinit const Verb BlockVerb{
    .name = "block",
    .link = "qvm-block",
    .summary = "show block devices and give them to qubes",
    .synopsis =
        "list [QUBE...]\nattach [OPTIONS...] QUBE DEVICE\ndetach QUBE [DEVICE]\nassign [OPTIONS...] QUBE DEVICE\n"
        "unassign QUBE [DEVICE]\ninfo QUBE DEVICE",
    .description =
        "The same as qvm-device block: disks, partitions, loop devices. Options of the class: frontend-dev, the name "
        "in the qube, xvdi for example; read-only, yes or no; devtype, disk or cdrom.",
    .options = DeviceOptions,
    .operands = BlockOperands,
    .run = runBlock,
};

} // namespace Bulkhead::Cli
