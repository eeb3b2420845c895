// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/blockdevices.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <array>

namespace Bulkhead
{

namespace
{

using Published = std::span<const QubesDb::GuestBlockDevice>;

/// A partition, its disk and the card reader around it: what is deeper names itself in a circle.
constexpr int MaxParents = 3;

const QubesDb::GuestBlockDevice *findPublished(Published published, std::string_view id)
{
    const auto place = std::ranges::find(published, id, &QubesDb::GuestBlockDevice::id);
    return place == published.end() ? nullptr : &*place;
}

/// The port before the colon, the interface behind it; nothing behind it for a block device.
struct Parent {
    std::string port;
    std::string interface;
};

Parent parentOf(const QubesDb::GuestBlockDevice &device)
{
    const auto colon = device.parent.find(':');
    if (colon == std::string::npos) {
        return {.port = device.parent, .interface = {}};
    }
    return {.port = device.parent.substr(0, colon), .interface = device.parent.substr(colon + 1)};
}

/// The digits at the end of its name; `None` without any.
std::string numberOf(std::string_view id)
{
    const auto last = std::find_if_not(id.rbegin(), id.rend(), Ascii::isDigit);
    std::string digits(last.base(), id.end());
    return digits.empty() ? "None" : digits;
}

std::string identityOf(Published published, const QubesDb::GuestBlockDevice &device, int depth = 0)
{
    const Parent parent = parentOf(device);
    if (!parent.interface.empty()) {
        return formatted("{}:{}", UnknownIdentity, parent.interface); // of a class that is not known here
    }
    const auto *const above = parent.port.empty() ? nullptr : findPublished(published, parent.port);
    if (above == nullptr || depth == MaxParents) {
        return formatted("{}:{}", parent.port.empty() ? "" : UnknownIdentity, numberOf(device.id));
    }
    return formatted("{}:{}", identityOf(published, *above, depth + 1), numberOf(device.id));
}

std::string inWords(std::string text)
{
    std::ranges::replace(text, '_', ' ');
    return std::string(trimmed(text));
}

BlockDevice deviceFrom(Published published, const QubesDb::GuestBlockDevice &raw)
{
    // MODEL (LABEL)
    const std::string &words = raw.description;
    const auto bracket = words.find(" (");
    std::string label = bracket == std::string::npos ? std::string() : words.substr(bracket + 2);
    if (label.ends_with(')')) {
        label.pop_back();
    }
    const Parent parent = parentOf(raw);
    const std::string_view parentClass = parent.port.empty() ? "" : parent.interface.empty() ? "block" : "usb";
    return {.port = raw.id,
            .identity = identityOf(published, raw),
            .serial = inWords(words.substr(0, bracket)),
            .name = inWords(std::move(label)),
            .size = raw.size,
            .isWritable = raw.isWritable,
            .parentPort = parent.port,
            .parentClass = std::string(parentClass)};
}

std::unexpected<Refusal> badOption(std::string_view name, std::string_view wanted)
{
    return refuse(RefusalKind::BadValue, formatted("The option {} of a block device is {}.", name, wanted));
}

/// xvd or sd, one or two letters, and perhaps a partition's number.
bool isFrontendName(std::string_view name)
{
    const std::string_view prefix = name.starts_with("xvd") ? "xvd" : "sd";
    if (!name.starts_with(prefix)) {
        return false;
    }
    name.remove_prefix(prefix.size());
    const auto isLower = [](char c) {
        return c >= 'a' && c <= 'z';
    };
    const auto *const letters = std::ranges::find_if_not(name, isLower);
    const auto count = letters - name.begin();
    const std::string_view digits = name.substr(static_cast<std::size_t>(count));
    return count >= 1 && count <= 2 && digits.size() <= 2 && !digits.starts_with('0')
        && std::ranges::all_of(digits, Ascii::isDigit);
}

} // namespace

std::vector<BlockDevice> blockDevicesFrom(Published published)
{
    std::vector<BlockDevice> devices;
    devices.reserve(published.size());
    for (const auto &raw : published) {
        devices.push_back(deviceFrom(published, raw));
    }
    std::ranges::sort(devices, {}, &BlockDevice::port);
    return devices;
}

std::filesystem::path nodeOf(std::string_view port)
{
    std::string name(port);
    std::ranges::replace(name, '_', '/');
    return std::filesystem::path("/dev") / name;
}

bool isFor(const DeviceKey &key, Qid backend, const BlockDevice &device)
{
    return key.klass == DeviceClass::Block && key.backend == backend
        && (key.port == AnyDevice || key.port == device.port)
        && (key.identity == AnyDevice || key.identity == device.identity);
}

int specificityOf(const DeviceKey &key)
{
    return (key.port == AnyDevice ? 0 : 2) + (key.identity == AnyDevice ? 0 : 1);
}

const AssignmentMap::value_type *assignmentFor(const AssignmentMap &assignments, Qid backend, const BlockDevice &device)
{
    const AssignmentMap::value_type *best = nullptr;
    for (const auto &entry : assignments) {
        if (isFor(entry.first, backend, device)
            && (best == nullptr || specificityOf(entry.first) > specificityOf(best->first))) {
            best = &entry;
        }
    }
    return best;
}

Checked<BlockOptions> parseBlockOptions(const TextMap &options)
{
    BlockOptions parsed;
    for (const auto &[name, value] : options) {
        if (name == "frontend-dev") {
            if (!isFrontendName(value)) {
                return badOption(name, "a name like xvdi or sda");
            }
            parsed.frontend = value;
        } else if (name == "read-only") {
            parsed.readOnly = parseBoolean(value);
            if (!parsed.readOnly) {
                return badOption(name, "yes or no");
            }
        } else if (name == "devtype") {
            if (value != "disk" && value != "cdrom") {
                return badOption(name, "disk or cdrom");
            }
            parsed.isCdrom = value == "cdrom";
        } else {
            return refuse(RefusalKind::BadValue,
                          "A block device has the options frontend-dev, read-only and devtype, and no other.");
        }
    }
    return parsed;
}

TextMap textOf(const BlockOptions &options)
{
    TextMap text;
    if (!options.frontend.empty()) {
        text.emplace("frontend-dev", options.frontend);
    }
    if (options.readOnly) {
        text.emplace("read-only", *options.readOnly ? "yes" : "no");
    }
    if (options.isCdrom) {
        text.emplace("devtype", "cdrom");
    }
    return text;
}

std::string freeFrontendName(const std::set<std::string> &taken, bool isCdrom)
{
    std::vector<std::string> wanted;
    if (isCdrom) {
        wanted.emplace_back("xvdd");
    }
    for (char letter = 'i'; letter <= 'z'; ++letter) {
        wanted.push_back(formatted("xvd{}", letter));
    }
    for (char first = 'a'; first <= 'z'; ++first) {
        for (char second = 'a'; second <= 'z'; ++second) {
            wanted.push_back(formatted("xvd{}{}", first, second));
        }
    }
    for (char letter = 'a'; letter <= 'h'; ++letter) {
        wanted.push_back(formatted("xvd{}", letter));
    }
    const auto place = std::ranges::find_if(wanted, [&taken](const std::string &name) {
        return !taken.contains(name);
    });
    return place == wanted.end() ? std::string() : *place;
}

bool isDenied(std::string_view patterns, std::string_view code)
{
    for (; patterns.size() >= InterfaceCodeSize; patterns.remove_prefix(InterfaceCodeSize)) {
        const bool matches =
            std::ranges::equal(patterns.substr(0, InterfaceCodeSize), code, [](char pattern, char character) {
                return pattern == '*' || pattern == character;
            });
        if (matches) {
            return true;
        }
    }
    return false;
}

} // namespace Bulkhead
