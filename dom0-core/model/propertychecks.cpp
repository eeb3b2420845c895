// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/propertychecks.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/model/qubememory.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <set>

namespace Bulkhead
{

namespace
{

std::unexpected<Refusal> badValue(std::string message)
{
    return refuse(RefusalKind::BadPropertyValue, std::move(message));
}

Checked<std::string> spelledAsReference(const Model &model, std::string_view property, std::string_view text)
{
    if (text.empty()) {
        return std::string();
    }
    if (const auto name = QubeName::parse(text); !name) {
        return refuse(RefusalKind::BadValue, formatted("Property {}: {}.", property, name.error().detail));
    }
    if (model.find(text) == nullptr) {
        return badValue(formatted("Property {}: there is no qube {}.", property, text));
    }
    return std::string(text);
}

Checked<std::string> spelledAsLabel(const Model &model, std::string_view text)
{
    if (!isLabelName(text)) {
        return refuse(RefusalKind::BadValue, "A label's name has letters, digits, dot, - and _ only.");
    }
    if (model.labels().find(text) == nullptr) {
        return refuse(RefusalKind::LabelNotFound,
                      formatted("There is no label {}. Create it first, or choose another.", text));
    }
    return std::string(text);
}

Checked<std::string> spelledAsText(std::string_view property, std::string_view text)
{
    if (!isPropertyText(text)) {
        return refuse(RefusalKind::BadValue, formatted("Property {} takes printable ASCII characters only.", property));
    }
    if (text.size() > MaxPropertyText) {
        return refuse(RefusalKind::BadValue,
                      formatted("Property {} takes at most {} characters.", property, MaxPropertyText));
    }
    return std::string(text);
}

bool onlyHas(std::string_view text, std::string_view alsoAllowed)
{
    return std::ranges::all_of(text, [alsoAllowed](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || alsoAllowed.contains(c);
    });
}

/// Upper bounds that keep sums of them far from any overflow.
constexpr std::int64_t MaxInteger = 0x7FFFFFFF;

} // namespace

Checked<std::string> spelledAs(const Model &model, PropertyType type, std::string_view property, std::string_view text)
{
    if (!isAscii(text)) {
        return refuse(RefusalKind::BadValue, formatted("Property {} takes ASCII characters only.", property));
    }
    switch (type) {
    case PropertyType::Text:
        return spelledAsText(property, text);
    case PropertyType::Integer: {
        const auto number = parseInteger(text);
        if (!number) {
            return refuse(RefusalKind::BadValue, formatted("Property {} takes a whole number.", property));
        }
        return std::to_string(*number);
    }
    case PropertyType::Boolean: {
        const auto value = parseBoolean(text);
        if (!value) {
            return badValue(formatted("Property {} takes True or False.", property));
        }
        return booleanText(*value);
    }
    case PropertyType::Reference:
        return spelledAsReference(model, property, text);
    case PropertyType::Label:
        return spelledAsLabel(model, text);
    }
    std::unreachable();
}

namespace PropertyChecks
{

Value globalPositive(const Model &, std::string value)
{
    const auto number = parseInteger(value);
    if (!number || *number <= 0 || *number > MaxInteger) {
        return badValue(formatted("The value must be a whole number from 1 to {}.", MaxInteger));
    }
    return value;
}

Value positive(const Model &model, const Qube &, std::string value)
{
    return globalPositive(model, std::move(value));
}

Value virtMode(const Model &, const Qube &, std::string value)
{
    value = lowered(value);
    if (value != "pvh" && value != "hvm" && value != "pv") {
        return badValue("The virtualisation mode is one of pvh, hvm and pv.");
    }
    return value;
}

Value maxMemory(const Model &model, const Qube &qube, std::string value)
{
    const auto number = parseInteger(value);
    if (!number || *number < 0 || *number > MaxInteger) {
        return badValue(formatted("The largest memory is a whole number of MiB from 0 to {}; 0 means that memory "
                                  "is not balanced.",
                                  MaxInteger));
    }
    if (!qube.isHalted() && !hasMemoryHotplug(model, qube)) {
        return refuse(
            RefusalKind::NotHalted,
            formatted("Shut {} down first: its largest memory cannot change while it runs.", qube.name.text()));
    }
    return value;
}

Value processors(const Model &, const Qube &, std::string value)
{
    constexpr std::int64_t MaxProcessors = 512; // what Xen gives one guest at most
    const auto number = parseInteger(value);
    if (!number || *number <= 0 || *number > MaxProcessors) {
        return badValue(formatted("The number of virtual processors is from 1 to {}.", MaxProcessors));
    }
    return value;
}

Value globalKernel(const Model &model, std::string value)
{
    if (value.contains('/') || value == "." || value == "..") {
        return badValue("A kernel is named without a slash: it is a directory among dom0's kernels.");
    }
    if (!value.empty() && !model.host().hasKernel(value)) {
        return badValue(formatted("There is no kernel {} with a vmlinuz among dom0's kernels.", value));
    }
    return value;
}

Value kernel(const Model &model, const Qube &, std::string value)
{
    return globalKernel(model, std::move(value));
}

Value kernelOptions(const Model &, const Qube &, std::string value)
{
    constexpr std::size_t MaxOptions = 512;
    if (value.size() > MaxOptions || !std::ranges::all_of(value, Ascii::isPrintable)) {
        return badValue(formatted("Kernel options are one line of at most {} characters.", MaxOptions));
    }
    return value;
}

Value bootMode(const Model &model, const Qube &qube, std::string value)
{
    if (value != "default" && !findFeature(model, qube, "boot-mode.kernelopts." + value, FeatureLookup::Template)) {
        return badValue("There is no such boot mode. Use default, or one that the template announces.");
    }
    return value;
}

Value userName(const Model &, const Qube &, std::string value)
{
    constexpr std::size_t MaxUserName = 64;
    if (value.size() > MaxUserName || value.starts_with('-') || !onlyHas(value, "_-+,.")) {
        return badValue("A user's name has letters, digits, _ - + , and dot only, and does not begin with -.");
    }
    return value;
}

Value keyboardLayout(const Model &, const Qube &, std::string value)
{
    const auto first = value.find('+');
    const auto second = first == std::string::npos ? first : value.find('+', first + 1);
    const bool good = second != std::string::npos && first > 0
        && std::ranges::all_of(std::string_view(value).substr(0, first), Ascii::isLetter)
        && onlyHas(std::string_view(value).substr(first + 1, second - first - 1), "_-")
        && onlyHas(std::string_view(value).substr(second + 1), "_:,-");
    if (!good) {
        return badValue("A keyboard layout is written layout+variant+options, for example us++ or de+nodeadkeys+.");
    }
    return value;
}

Value deniedDevices(const Model &, const Qube &, std::string value)
{
    constexpr std::size_t CodeLength = 7;
    std::set<std::string> codes; // sorted, each once
    for (std::string_view rest = value; !rest.empty(); rest.remove_prefix(CodeLength)) {
        const auto code = rest.substr(0, CodeLength);
        const bool good = code.size() == CodeLength && std::string_view("bupm*").contains(code.front())
            && code.find_first_not_of("0123456789abcdef*", 1) == std::string_view::npos;
        if (!good) {
            return badValue("Denied devices are interface codes of seven characters: b, u, p, m or *, then six of 0-9, "
                            "a-f and *.");
        }
        codes.emplace(code);
    }
    value.clear();
    for (const std::string &code : codes) {
        value += code;
    }
    return value;
}

Value globalPool(const Model &model, std::string value)
{
    if (!model.pools().contains(value)) {
        return badValue("There is no pool of that name. Add it first, or choose another.");
    }
    return value;
}

} // namespace PropertyChecks

} // namespace Bulkhead
