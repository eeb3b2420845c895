// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/featurerequest.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string_view>

namespace Bulkhead
{

namespace
{

using Requested = std::map<std::string, std::string>;

constexpr std::string_view BootMode = "boot-mode.";

bool isDigitsAnd(std::string_view text, std::string_view signs)
{
    return !text.empty() && text.size() <= MaxAnnouncedValue && Ascii::isDigit(text.front())
        && std::ranges::all_of(text, [signs](char c) {
               return Ascii::isDigit(c) || signs.contains(c);
           });
}

/// Two or more numbers with dots between them.
bool isAgentVersion(std::string_view text)
{
    return isDigitsAnd(text, ".") && text.contains('.') && !text.contains("..") && !text.ends_with('.');
}

bool isOs(std::string_view text)
{
    return text == "Windows" || text == "Linux";
}

bool isShortText(std::string_view text)
{
    return !text.empty() && text.size() <= MaxAnnouncedValue;
}

bool isOsVersion(std::string_view text)
{
    return isDigitsAnd(text, ".-");
}

std::optional<int> numberAt(std::string_view text, std::size_t place, std::size_t digits)
{
    const auto part = text.substr(place, digits);
    return part.starts_with('-') ? std::nullopt : numberIn<int>(part);
}

bool isDay(std::string_view text)
{
    constexpr std::size_t Length = 10; // YYYY-MM-DD
    if (text.size() != Length || text[4] != '-' || text[7] != '-') {
        return false;
    }
    const auto year = numberAt(text, 0, 4);
    const auto month = numberAt(text, 5, 2);
    const auto day = numberAt(text, 8, 2);
    return year && month && day
        && std::chrono::year_month_day(std::chrono::year(*year),
                                       std::chrono::month(static_cast<unsigned>(*month)),
                                       std::chrono::day(static_cast<unsigned>(*day)))
               .ok();
}

/// One request at work on one qube: keeps what has changed so far.
class Judge
{
public:
    Judge(const Qube &qube, const Requested &requested)
        : m_qube(qube)
        , m_requested(requested)
    {
    }

    void takeSwitches();
    void takeTexts();
    /// A family of features that is replaced as a set, unless the qube says nothing of it.
    void takeFamily(std::string_view prefix);
    void takeAppArmor();
    void takeBootModes();
    void takeWindows(const Model &model);

    [[nodiscard]] FeatureOutcome outcome() &&
    {
        return std::move(m_outcome);
    }

private:
    [[nodiscard]] const std::string *asked(std::string_view name) const
    {
        const auto place = m_requested.find(std::string(name));
        return place == m_requested.end() ? nullptr : &place->second;
    }

    /// What the qube has, changes so far included.
    [[nodiscard]] std::optional<std::string> current(std::string_view name) const;
    void set(std::string_view name, std::optional<std::string> value);
    void replaceFamily(const std::vector<std::string_view> &prefixes, const TextMap &wanted);
    [[nodiscard]] std::optional<TextMap> bootModes() const;

    const Qube &m_qube;
    const Requested &m_requested;
    FeatureOutcome m_outcome;
};

std::optional<std::string> Judge::current(std::string_view name) const
{
    for (const auto &[changed, value] : m_outcome.features) {
        if (changed == name) {
            return value;
        }
    }
    const auto place = m_qube.features.find(name);
    return place == m_qube.features.end() ? std::nullopt : std::optional(place->second);
}

void Judge::set(std::string_view name, std::optional<std::string> value)
{
    if (current(name) != value) {
        m_outcome.features.emplace_back(name, std::move(value));
    }
}

void Judge::takeSwitches()
{
    const auto isSwitch = [](const std::string *value) {
        return value != nullptr && (*value == "1" || *value == "0");
    };
    const auto canonical = [](const std::string &value) {
        return value == "1" ? value : std::string();
    };
    // What a person or an earlier request has said stays.
    for (const std::string_view name : {"qrexec", "gui", "gui-emulated"}) {
        const std::string *const value = asked(name);
        if (isSwitch(value) && !current(name)) {
            set(name, canonical(*value));
            m_outcome.isFirstQrexec = m_outcome.isFirstQrexec || (name == "qrexec" && *value == "1");
        }
    }
    for (const std::string_view name : {"qubes-firewall", "vmexec"}) {
        if (const std::string *const value = asked(name); isSwitch(value)) {
            set(name, canonical(*value));
        }
    }
    if (const std::string *const value = asked("anon-timezone"); value != nullptr && *value == "1") {
        set("anon-timezone", "1");
    }
}

void Judge::takeTexts()
{
    struct Rule {
        std::string_view name;
        bool (*accepts)(std::string_view);
    };

    static constexpr std::array rules{
        Rule{.name = "qubes-agent-version", .accepts = &isAgentVersion},
        Rule{.name = "os", .accepts = &isOs},
        Rule{.name = "os-distribution", .accepts = &isShortText},
        Rule{.name = "os-distribution-like", .accepts = &isShortText},
        Rule{.name = "os-version", .accepts = &isOsVersion},
        Rule{.name = "os-eol", .accepts = &isDay},
    };
    for (const Rule &rule : rules) {
        if (const std::string *const value = asked(rule.name); value != nullptr && rule.accepts(*value)) {
            set(rule.name, *value);
        }
    }
}

void Judge::replaceFamily(const std::vector<std::string_view> &prefixes, const TextMap &wanted)
{
    for (const auto &[name, value] : m_qube.features) {
        const bool isOfFamily = std::ranges::any_of(prefixes, [&name](std::string_view prefix) {
            return name.starts_with(prefix);
        });
        if (isOfFamily && !wanted.contains(name)) {
            set(name, std::nullopt);
        }
    }
    for (const auto &[name, value] : wanted) {
        set(name, value);
    }
}

void Judge::takeFamily(std::string_view prefix)
{
    TextMap wanted;
    for (const auto &[name, value] : m_requested) {
        if (name.starts_with(prefix) && name.size() > prefix.size() && value == "1" && checkFeature(name, value)) {
            wanted.emplace(name, value);
        }
    }
    if (!wanted.empty() && wanted.size() <= MaxAnnouncedOfAFamily) {
        replaceFamily({prefix}, wanted);
    }
}

/// Follows what takeFamily() has made of the services.
void Judge::takeAppArmor()
{
    constexpr std::string_view Announced = "supported-service.apparmor";
    const bool was = m_qube.features.contains(Announced);
    const bool is = current(Announced).has_value();
    if (is && !current("apparmor")) {
        set("apparmor", "1");
    } else if (was && !is) {
        set("apparmor", std::nullopt);
    }
}

/// The modes that the request names, as features; nothing if they make no sense together.
std::optional<TextMap> Judge::bootModes() const
{
    struct Kind {
        std::string_view name;
        std::string_view mode;
    };

    const auto kindOf = [](std::string_view feature) -> std::optional<Kind> {
        feature.remove_prefix(BootMode.size());
        const auto dot = feature.find('.');
        if (dot == std::string_view::npos) {
            return std::nullopt;
        }
        const Kind kind{.name = feature.substr(0, dot), .mode = feature.substr(dot + 1)};
        const bool isKnown = kind.name == "kernelopts" || kind.name == "name" || kind.name == "default-user";
        return isKnown && !kind.mode.empty() && !kind.mode.contains('.') ? std::optional(kind) : std::nullopt;
    };

    TextMap modes;
    std::set<std::string, std::less<>> shown;
    for (const auto &[name, value] : m_requested) {
        const auto kind = name.starts_with(BootMode) ? kindOf(name) : std::nullopt;
        if (!kind || !checkFeature(name, value)) {
            continue;
        }
        const bool isDefault = kind->mode == "default";
        const bool isOptions = kind->name == "kernelopts";
        const bool hasOptions = asked(formatted("{}kernelopts.{}", BootMode, kind->mode)) != nullptr;
        const bool isLegal = isDefault ? kind->name == "name" : isOptions || hasOptions;
        if (!isLegal || value.size() > (isOptions ? MaxAnnouncedOptions : MaxAnnouncedValue)) {
            continue;
        }
        if (!isOptions && !shown.insert(value).second) {
            return std::nullopt; // two modes that a person could not tell apart
        }
        modes.emplace(name, value);
    }
    return modes.size() <= MaxBootModeEntries ? std::optional(std::move(modes)) : std::nullopt;
}

void Judge::takeBootModes()
{
    if (const auto modes = bootModes(); modes && !modes->empty()) {
        replaceFamily({"boot-mode.kernelopts.", "boot-mode.name.", "boot-mode.default-user."}, *modes);
    }
    const auto choose = [this](std::string_view name) {
        const std::string *const mode = asked(name);
        if (mode != nullptr && (*mode == "default" || current(formatted("{}kernelopts.{}", BootMode, *mode)))) {
            set(name, *mode);
        }
    };
    choose("boot-mode.active");
    choose("boot-mode.standalone-default");
    if (m_qube.klass == QubeClass::TemplateVM) {
        choose("boot-mode.appvm-default");
    }
}

void Judge::takeWindows(const Model &model)
{
    const std::string *const os = asked("os");
    const std::string *const qrexec = asked("qrexec");
    if (os == nullptr || qrexec == nullptr || *os != "Windows" || *qrexec != "1") {
        return;
    }
    set("rpc-clipboard", "1");
    for (const auto &[name, value] : {std::pair("stubdom-qrexec", "1"),
                                      std::pair("audio-model", "ich6"),
                                      std::pair("timezone", "localtime"),
                                      std::pair("no-monitor-layout", "1")}) {
        if (!findFeature(model, m_qube, name, FeatureLookup::Template)) {
            set(name, value);
        }
    }
    m_outcome.properties = {{"maxmem", "0"}, {"qrexec_timeout", "6000"}};
}

} // namespace

FeatureOutcome judgeFeatureRequest(const Model &model, const Qube &qube, const Requested &requested)
{
    Judge judge(qube, requested);
    judge.takeFamily("supported-rpc.");
    if (templateOf(model, qube) == nullptr) {
        judge.takeSwitches();
        judge.takeTexts();
        judge.takeFamily("supported-service.");
        judge.takeFamily("supported-feature.");
        judge.takeAppArmor();
        judge.takeBootModes();
        judge.takeWindows(model);
    }
    return std::move(judge).outcome();
}

} // namespace Bulkhead
