// SPDX-License-Identifier: GPL-2.0-or-later
// The checks of the properties that name another qube, or something beyond this machine.
#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/newqube.h"
#include "dom0-core/model/propertychecks.h"

#include <algorithm>
#include <array>

namespace Bulkhead::PropertyChecks
{

namespace
{

std::unexpected<Refusal> badValue(std::string message)
{
    return refuse(RefusalKind::BadPropertyValue, std::move(message));
}

/// A disposable of the qube that somebody uses; null if there is none.
const Qube *disposableInUse(const Model &model, const Qube &base, bool (*counts)(const Qube &))
{
    const auto disposables = disposablesOf(model, base);
    const auto place = std::ranges::find_if(disposables, [counts](const Qube *disposable) {
        return !isPreloaded(*disposable) && counts(*disposable);
    });
    return place == disposables.end() ? nullptr : *place;
}

bool runs(const Qube &qube)
{
    return !qube.isHalted();
}

bool isThere(const Qube &)
{
    return true;
}

} // namespace

Value globalTemplate(const Model &model, std::string value)
{
    const Qube *const base = value.empty() ? nullptr : model.find(value);
    if (base == nullptr || base->klass != QubeClass::TemplateVM) {
        return badValue("The template must be a qube of class TemplateVM.");
    }
    return value;
}

Value templateName(const Model &model, const Qube &qube, std::string value)
{
    if (!qube.isHalted()) {
        return refuse(RefusalKind::NotHalted,
                      formatted("Shut {} down first: its template cannot change while it runs.", qube.name.text()));
    }
    if (qube.klass == QubeClass::DispVM) {
        if (value.empty()) {
            return badValue("A disposable cannot be without a template.");
        }
        return globalDisposableTemplate(model, std::move(value));
    }
    if (const Qube *const user = disposableInUse(model, qube, runs)) {
        return refuse(RefusalKind::InUse,
                      formatted("The disposable {} runs from {}. Shut it down first, then change the template.",
                                user->name.text(),
                                qube.name.text()));
    }
    return globalTemplate(model, std::move(value));
}

Value globalDisposableTemplate(const Model &model, std::string value)
{
    const Qube *const base = value.empty() ? nullptr : model.find(value);
    if (base != nullptr && !readBoolean(model, *base, "template_for_dispvms")) {
        return badValue(
            formatted("{} is no template for disposables. Set its property template_for_dispvms first.", value));
    }
    return value;
}

Value disposableTemplate(const Model &model, const Qube &, std::string value)
{
    return globalDisposableTemplate(model, std::move(value));
}

Value templateForDisposables(const Model &model, const Qube &qube, std::string value)
{
    if (value == "True") {
        return value;
    }
    static constexpr std::array Uses{std::string_view("default_dispvm"), std::string_view("management_dispvm")};
    for (const std::string_view use : Uses) {
        bool isUsed = readGlobalText(model, use) == qube.name.text();
        for (const auto &[id, other] : model.qubes()) {
            const auto place = other.properties.find(use);
            isUsed = isUsed || (place != other.properties.end() && place->second == qube.name.text());
        }
        if (isUsed) {
            return refuse(RefusalKind::InUse,
                          formatted("{} is used as {}. Choose another one there first.", qube.name.text(), use));
        }
    }
    if (const Qube *const user = disposableInUse(model, qube, isThere)) {
        return refuse(RefusalKind::InUse,
                      formatted("{} is the template of the disposable {}. Remove that one first.",
                                qube.name.text(),
                                user->name.text()));
    }
    return value;
}

Value relay(const Model &model, const Qube &, std::string value)
{
    const Qube *const relaying = value.empty() ? nullptr : model.find(value);
    if (relaying != nullptr && relaying->klass == QubeClass::RemoteVM) {
        return badValue(formatted("{} is on another machine itself and cannot forward calls from here.", value));
    }
    return value;
}

Value serviceName(const Model &, const Qube &, std::string value)
{
    constexpr std::size_t MaxServiceName = 255; // that of a file
    const bool isGood = std::ranges::all_of(value, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '.' || c == '_' || c == '-' || c == '+';
    });
    if (value.size() > MaxServiceName || !isGood) {
        return badValue("A service's name has letters, digits, dot, + - and _ only.");
    }
    return value;
}

Value remoteName(const Model &, const Qube &, std::string value)
{
    // The same rules hold there: what is no name of a qube here is none on the other machine.
    if (const auto name = QubeName::parse(value); !value.empty() && !name) {
        return badValue(formatted("This is no name for a qube: {}.", name.error().detail));
    }
    return value;
}

} // namespace Bulkhead::PropertyChecks
