// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/preload.h"

#include "base/formatted.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <ranges>

namespace Bulkhead
{

namespace
{

/// More would be a slip of the finger: each takes the memory of a whole qube.
constexpr std::uint64_t MaxPreloaded = 100;
/// A day; longer waits are none of a delay's business.
constexpr std::int64_t MaxDelaySeconds = 86400;

const Qube *dom0Of(const Model &model)
{
    return model.find(Dom0Qid);
}

std::optional<std::int64_t> numberOf(const Model &model, const Qube *qube, std::string_view feature)
{
    if (qube == nullptr) {
        return std::nullopt;
    }
    const auto text = findFeature(model, *qube, feature, FeatureLookup::Own);
    return text ? parseInteger(*text) : std::nullopt;
}

bool isDefaultDispvm(const Model &model, const Qube &base)
{
    return readGlobalText(model, "default_dispvm") == base.name.text();
}

Checked<void> checkCount(std::string_view value)
{
    const auto number = parseNumber(value);
    if (!value.empty() && (!number || *number > MaxPreloaded)) {
        return refuse(RefusalKind::BadValue,
                      formatted("How many disposables are kept ready is a number from 0 to {}.", MaxPreloaded));
    }
    return {};
}

/// A disposable is kept ready by asking its agent, so the agent must know how to answer.
Checked<void> checkServices(const Model &model, const Qube &qube)
{
    if (!readBoolean(model, qube, "template_for_dispvms")) {
        return refuse(RefusalKind::BadValue,
                      formatted("{} is no template for disposables. Set its property template_for_dispvms first.",
                                qube.name.text()));
    }
    static constexpr std::array Needed{std::string_view("qrexec"),
                                       std::string_view("supported-rpc.qubes.WaitForRunningSystem"),
                                       std::string_view("supported-rpc.qubes.WaitForSession")};
    const bool hasGui = isFeatureOn(model, qube, "gui", FeatureLookup::Template);
    for (const std::string_view feature : hasGui ? std::span(Needed) : std::span(Needed).first(2)) {
        if (!isFeatureOn(model, qube, feature, FeatureLookup::Template)) {
            return refuse(RefusalKind::BadValue,
                          formatted("{} lacks the feature {}, so none can be made of it in advance. Update its "
                                    "template.",
                                    qube.name.text(),
                                    feature));
        }
    }
    return {};
}

} // namespace

std::vector<std::string> preloadListOf(const Qube &base)
{
    std::vector<std::string> names;
    const auto place = base.features.find(PreloadFeature::List);
    if (place != base.features.end()) {
        for (const auto part : std::views::split(std::string_view(place->second), ' ')) {
            if (!part.empty()) {
                names.emplace_back(part.begin(), part.end());
            }
        }
    }
    return names;
}

std::string preloadListText(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names) {
        text += (text.empty() ? "" : " ") + name;
    }
    return text;
}

std::size_t preloadMaxOf(const Model &model, const Qube &base)
{
    if (!readBoolean(model, base, "template_for_dispvms")) {
        return 0;
    }
    const auto fromDom0 =
        isDefaultDispvm(model, base) ? numberOf(model, dom0Of(model), PreloadFeature::Max) : std::nullopt;
    const auto number = fromDom0 ? fromDom0 : numberOf(model, &base, PreloadFeature::Max);
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(number.value_or(0), 0, static_cast<std::int64_t>(MaxPreloaded)));
}

PreloadDelay preloadDelayOf(const Model &model, const Qube &base)
{
    constexpr std::int64_t DefaultSeconds = 3;
    auto number = numberOf(model, &base, PreloadFeature::Delay);
    if (!number) {
        number = numberOf(model, dom0Of(model), PreloadFeature::Delay);
    }
    const std::int64_t seconds = number.value_or(DefaultSeconds);
    return {.wait = std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, MaxDelaySeconds)), .isLazy = seconds < 0};
}

std::size_t preloadRoomOf(const Model &model, const Qube &base, std::size_t there)
{
    const std::size_t most = preloadMaxOf(model, base);
    const std::size_t wanted = most > there ? most - there : 0;
    const auto memory = readInteger(model, base, "memory");
    const auto availableMiB = model.host().availableMemoryMiB();
    if (!availableMiB || memory <= 0) {
        return wanted;
    }
    const auto threshold = numberOf(model, dom0Of(model), PreloadFeature::Threshold).value_or(0);
    const auto free = static_cast<std::int64_t>(*availableMiB) - std::max<std::int64_t>(0, threshold);
    return std::min(wanted, static_cast<std::size_t>(std::max<std::int64_t>(0, free / memory)));
}

bool hasValuesOf(const Model &model, const Qube &disposable, const Qube &base)
{
    return std::ranges::all_of(propertiesOf(QubeClass::DispVM), [&](const PropertyRule *rule) {
        const PropertyRule *const ofBase = findProperty(base.klass, rule->name);
        return ofBase == nullptr || isDisposablesOwn(rule->name)
            || readProperty(model, disposable, *rule).text == readProperty(model, base, *ofBase).text;
    });
}

Checked<void> checkPreloadFeature(const Model &model, const Qube &qube, std::string_view name, std::string_view value)
{
    if (name == PreloadFeature::Max) {
        BH_CHECK(checkCount(value));
        const bool isNone = parseNumber(value).value_or(0) == 0;
        return isNone || qube.id == Dom0Qid ? Checked<void>() : checkServices(model, qube);
    }
    if (name == PreloadFeature::Delay) {
        const auto number = parseInteger(value);
        if (!value.empty() && (!number || *number > MaxDelaySeconds || *number < -MaxDelaySeconds)) {
            return refuse(RefusalKind::BadValue,
                          "The delay is a whole number of seconds, at most a day; a negative "
                          "one means: not before the last one is used.");
        }
    }
    if (name == PreloadFeature::Threshold) {
        if (qube.id != Dom0Qid) {
            return refuse(RefusalKind::BadValue, "The memory that is kept free is set for the machine, in dom0.");
        }
        if (!value.empty() && !parseNumber(value)) {
            return refuse(RefusalKind::BadValue, "The memory that is kept free is a whole number of MiB.");
        }
    }
    return {};
}

} // namespace Bulkhead
