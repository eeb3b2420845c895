// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/buildorder.h"

#include "base/formatted.h"
#include "base/number.h"
#include "base/printable.h"
#include "dom0-core/settings/settingsreader.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

constexpr std::string_view FirstLine = "bulkhead-build-order 1\n";
constexpr std::string_view Answered = "domain ";
constexpr std::string_view Refused = "failed ";
constexpr std::string_view NoMemory = "no-memory ";
/// Most bytes of the reason in an answer; libxl's words are longer than a log line of ours.
constexpr std::size_t MaxReason = 1024;
/// A PV kernel's command line. Source: spec xen-domains 1.2.
constexpr std::size_t MaxCommandLine = 1023;
constexpr std::uint32_t MaxVcpus = 128;
constexpr std::uint32_t MaxMemoryMiB = 1U << 24U;

std::string_view nameOf(DomainKind kind)
{
    return kind == DomainKind::Pv ? "pv" : "pvh";
}

Result<DomainKind> readKind(SettingsReader &in)
{
    BH_TRY(const auto text, in.need("kind"));
    for (const auto kind : {DomainKind::Pv, DomainKind::Pvh}) {
        if (text == nameOf(kind)) {
            return kind;
        }
    }
    return fail(Errc::BadValue, "kind is neither pv nor pvh");
}

Result<std::uint32_t> readWithin(SettingsReader &in, std::string_view key, std::uint32_t most)
{
    BH_TRY(const auto value, in.number(key));
    if (value == 0 || value > most) {
        return fail(Errc::BadValue, formatted("{} is not from 1 to {}", key, most));
    }
    return value;
}

/// 0, or at least what the domain begins with.
Result<std::uint32_t> readLimit(SettingsReader &in, std::uint32_t memoryMiB)
{
    BH_TRY(const auto value, in.number("max-memory-mib"));
    if (value != 0 && (value < memoryMiB || value > MaxMemoryMiB)) {
        return fail(Errc::BadValue, formatted("max-memory-mib is not 0 or from {} to {}", memoryMiB, MaxMemoryMiB));
    }
    return value;
}

/// `xvda read-only /dev/loop3`
Result<OrderedDisk> parseDisk(std::string_view text)
{
    const auto first = text.find(' ');
    const auto second = text.find(' ', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) {
        return fail(Errc::BadValue, "disk is not a name, a mode and a device");
    }
    const auto name = text.substr(0, first);
    const auto mode = text.substr(first + 1, second - first - 1);
    if (name.size() != 4 || !name.starts_with("xvd") || name[3] < 'a' || name[3] > 'z') {
        return fail(Errc::BadValue, "disk has no name from xvda to xvdz");
    }
    if (mode != "read-only" && mode != "writable") {
        return fail(Errc::BadValue, "disk is neither read-only nor writable");
    }
    BH_TRY(auto device, absolutePath("disk", std::string(text.substr(second + 1))));
    return OrderedDisk{.name = std::string(name), .device = std::move(device), .writable = mode == "writable"};
}

/// `00:16:3e:5e:6c:00 10.137.0.5 sys-net`, and after that its IPv6 address if it has one
Result<OrderedNic> parseNic(std::string_view text)
{
    const auto first = text.find(' ');
    const auto second = text.find(' ', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) {
        return fail(Errc::BadValue, "nic is not two addresses and a net qube");
    }
    const auto third = std::min(text.find(' ', second + 1), text.size());
    BH_TRY(auto backend, QubeName::parse(text.substr(second + 1, third - second - 1)));
    return OrderedNic{.mac = std::string(text.substr(0, first)),
                      .address = std::string(text.substr(first + 1, second - first - 1)),
                      .backend = std::move(backend),
                      .address6 = std::string(text.substr(std::min(third + 1, text.size())))};
}

bool isSettingsKey(std::string_view key)
{
    return !key.empty() && std::ranges::all_of(key, [](char c) {
        return (c >= 'a' && c <= 'z') || c == '-';
    });
}

Result<void> readMachine(SettingsReader &in, BuildOrder &order)
{
    BH_TRY(order.kind, readKind(in));
    BH_TRY(order.memoryMiB, readWithin(in, "memory-mib", MaxMemoryMiB));
    BH_TRY(order.maxMemoryMiB, readLimit(in, order.memoryMiB));
    BH_TRY(order.vcpus, readWithin(in, "vcpus", MaxVcpus));
    return {};
}

Result<void> readKernel(SettingsReader &in, BuildOrder &order)
{
    BH_TRY(order.kernel, in.path("kernel"));
    BH_TRY(order.initramfs, in.path("initramfs"));
    BH_TRY(order.commandLine, in.need("command-line"));
    if (order.commandLine.size() > MaxCommandLine) {
        return fail(Errc::BadValue, "command-line is too long");
    }
    return {};
}

Result<void> readParts(SettingsReader &in, BuildOrder &order)
{
    while (const auto text = in.take("disk")) {
        BH_TRY(auto disk, parseDisk(*text));
        if (std::ranges::contains(order.disks, disk.name, &OrderedDisk::name)) {
            return fail(Errc::BadValue, formatted("disk {} is given twice", disk.name));
        }
        order.disks.push_back(std::move(disk));
    }
    if (const auto text = in.take("nic")) {
        BH_TRY(order.nic, parseNic(*text));
    }
    while (const auto text = in.take("setting")) {
        const auto space = text->find(' ');
        if (space == std::string::npos || !isSettingsKey(text->substr(0, space))) {
            return fail(Errc::BadValue, "setting is not a key and its value");
        }
        order.settings.emplace_back(text->substr(0, space), text->substr(space + 1));
    }
    return {};
}

std::string_view firstLineOf(std::string_view text)
{
    return text.substr(0, text.find('\n'));
}

} // namespace

Result<std::string> buildOrderText(const BuildOrder &order)
{
    std::string text(FirstLine);
    std::ptrdiff_t lines = 1;
    const auto add = [&](std::string_view key, std::string_view value) {
        text += formatted("{} {}\n", key, value);
        ++lines;
    };
    add("name", order.name.text());
    add("uuid", order.uuid);
    add("kind", nameOf(order.kind));
    add("memory-mib", std::to_string(order.memoryMiB));
    add("max-memory-mib", std::to_string(order.maxMemoryMiB));
    add("vcpus", std::to_string(order.vcpus));
    add("kernel", order.kernel.string());
    add("initramfs", order.initramfs.string());
    add("command-line", order.commandLine);
    add("backs-devices", truthWord(order.backsDevices));
    for (const auto &disk : order.disks) {
        add("disk", formatted("{} {} {}", disk.name, disk.writable ? "writable" : "read-only", disk.device.string()));
    }
    if (order.nic) {
        add("nic",
            formatted("{} {} {}{}{}",
                      order.nic->mac,
                      order.nic->address,
                      order.nic->backend.text(),
                      order.nic->address6.empty() ? "" : " ",
                      order.nic->address6));
    }
    for (const auto &[key, value] : order.settings) {
        add("setting", formatted("{} {}", key, value));
    }
    if (std::ranges::count(text, '\n') != lines) {
        return fail(Errc::BadValue, formatted("a value of qube {} holds a line break", order.name.text()));
    }
    return text;
}

Result<BuildOrder> parseBuildOrder(std::string_view text)
{
    BH_TRY(auto in, SettingsReader::read(text, FirstLine, MaxBuildOrder));
    BH_TRY(const auto rawName, in.need("name"));
    BH_TRY(auto name, QubeName::parse(rawName));
    BuildOrder order{.name = std::move(name)};
    BH_TRY(order.uuid, in.uuid("uuid"));
    BH_CHECK(readMachine(in, order));
    BH_CHECK(readKernel(in, order));
    BH_TRY(order.backsDevices, in.truth("backs-devices"));
    BH_CHECK(readParts(in, order));
    BH_CHECK(in.finish());
    return order;
}

std::string buildAnswerText(const Result<DomId> &built)
{
    if (built) {
        return formatted("{}{}\n", Answered, built->value());
    }
    const auto kind = built.error().code == Errc::TooMuch ? NoMemory : Refused;
    auto reason = built.error().text();
    std::ranges::replace(reason, '\n', ' ');
    return formatted("{}{}\n", kind, std::string_view(reason).substr(0, MaxReason));
}

Result<DomId> parseBuildAnswer(std::string_view text)
{
    const auto line = firstLineOf(text);
    if (line.size() == text.size()) { // cut off, or nothing at all
        return fail(Errc::Driver, "the builder ended without an answer");
    }
    if (line.starts_with(Answered)) {
        const auto domain = numberWithin<std::uint32_t>(line.substr(Answered.size()), 1, MaxDomId);
        if (!domain) {
            return fail(Errc::Driver, "the builder's answer names no domain");
        }
        return DomId{*domain};
    }
    if (line.starts_with(NoMemory)) {
        return fail(Errc::TooMuch, printable(line.substr(NoMemory.size()), MaxReason));
    }
    if (line.starts_with(Refused)) {
        return fail(Errc::Driver, printable(line.substr(Refused.size()), MaxReason));
    }
    return fail(Errc::Driver, "the builder's answer is not understood");
}

} // namespace Bulkhead
