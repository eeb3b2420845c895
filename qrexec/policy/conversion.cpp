// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/conversion.h"

#include "base/formatted.h"
#include "qrexec/policy/compatfiles.h"
#include "qrexec/policy/withoutoldfiles.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace Bulkhead::Policy
{

namespace
{

/// The files of the settings' windows, and the administrator's for all else.
constexpr std::string_view InputFile = "50-config-input";
constexpr std::string_view KeysFile = "50-config-u2f";
constexpr std::string_view OwnFile = "30-user";

struct Home {
    std::string_view service;
    std::string_view file;
};

constexpr std::array Homes{
    Home{"policy.RegisterArgument", KeysFile},
    Home{"qubes.ClipboardPaste", "50-config-clipboard"},
    Home{"qubes.Filecopy", "50-config-filecopy"},
    Home{"qubes.InputKeyboard", InputFile},
    Home{"qubes.InputMouse", InputFile},
    Home{"qubes.InputTablet", InputFile},
    Home{"qubes.OpenInVM", "50-config-openinvm"},
    Home{"qubes.OpenURL", "50-config-openurl"},
    Home{"qubes.UpdatesProxy", "50-config-updates"},
    Home{"u2f.Authenticate", KeysFile},
    Home{"u2f.Register", KeysFile},
};

/// A rule of the older format, and how many of the others are tried before it.
struct OldRule {
    Rule rule;
    std::size_t before;
};

/// The rules that are there only because of the old files: what one policy has and the other, in the same order, has
/// not.
std::vector<OldRule> oldRules(const Rules &with, const Rules &without)
{
    std::vector<OldRule> old;
    std::size_t next = 0;
    for (const Rule &rule : with.all()) {
        const Rule *const other = next < without.all().size() ? &without.all()[next] : nullptr;
        const bool isSame =
            other != nullptr && with.text(rule.place) == without.text(other->place) && lineOf(rule) == lineOf(*other);
        if (isSame) {
            ++next;
        } else {
            old.push_back({.rule = rule, .before = next});
        }
    }
    return old;
}

bool couldBeDom0(const Token &token)
{
    return token.isDom0() || token.kind == TokenKind::Anything || token.kind == TokenKind::Tag
        || token.kind == TokenKind::Type;
}

bool deniesAllQubes(const Rule &rule)
{
    return rule.argument == Any && rule.source.kind == TokenKind::AnyVm && rule.target.kind == TokenKind::AnyVm
        && rule.action.verdict == Verdict::Deny;
}

/// A service's rules without those that can never be the first to fit.
std::vector<Rule> reachable(const std::vector<OldRule> &old, const Rules &without)
{
    std::vector<Rule> kept;
    std::set<std::string> lines;
    std::size_t counted = 0;
    bool isDenied = false; // from here on, what is about qubes only
    for (const OldRule &each : old) {
        for (; counted < each.before; ++counted) {
            lines.insert(lineOf(without.all()[counted]));
        }
        const Rule &rule = each.rule;
        const bool isOfQubes = !couldBeDom0(rule.source) && !couldBeDom0(rule.target);
        if ((isDenied && isOfQubes) || !lines.insert(lineOf(rule)).second) {
            continue;
        }
        isDenied = isDenied || deniesAllQubes(rule);
        kept.push_back(rule);
    }
    return kept;
}

/// Whether a window with settings can show these rules of one service: it knows who may call whom, and nothing finer.
bool isSimple(const std::vector<Rule> &rules, std::string_view file)
{
    std::map<std::string, std::string> targetOf; // by source
    return std::ranges::all_of(rules, [&](const Rule &rule) {
        const auto [place, isFirst] = targetOf.emplace(rule.source.spelling(), rule.target.spelling());
        return (rule.argument == Any || file == KeysFile) && rule.action.user.empty() && !rule.action.notify
            && rule.action.autostart && (file != InputFile || isFirst || place->second == rule.target.spelling());
    });
}

/// A service's rules stay together: between two files their order could be another.
std::string_view homeOf(const std::string &service, const std::vector<Rule> &rules)
{
    const auto *const home = std::ranges::find(Homes, service, &Home::service);
    return home != Homes.end() && isSimple(rules, home->file) ? home->file : OwnFile;
}

/// The window for input devices has one rule for each device's qube, the first, and no other line.
void fillInputFile(ConvertedFile &input, const Rules &without, const std::string &path)
{
    for (const Rule &rule : without.all()) {
        if (without.text(rule.place).starts_with(path + ':')) {
            input.rules.push_back(rule);
        }
    }
    std::set<std::pair<std::string, std::string>> seen;
    std::erase_if(input.rules, [&seen](const Rule &rule) {
        return !seen.emplace(rule.service, rule.source.spelling()).second;
    });
    input.replacesAll = true;
}

std::string blockOf(const ConvertedFile &file)
{
    std::string block = "# Rules of this computer's files of the older format.\n";
    for (const Rule &rule : file.rules) {
        block += lineOf(rule) + '\n';
    }
    return block;
}

} // namespace

std::expected<Conversion, LoadError> planConversion(FileSource &source, const PolicyPaths &paths)
{
    BH_TRY(const LoadedPolicy with, loadPolicy(source, paths));
    WithoutOldFiles others(source, paths.oldDirectory);
    BH_TRY(const LoadedPolicy without, loadPolicy(others, paths));
    const auto entries = source.list(paths.oldDirectory);
    if (!others.wasAsked() || !entries) {
        return std::unexpected(LoadError{.kind = LoadError::Kind::Files,
                                         .text = "no !compat-4.0 is in the policy: files of the older format are not "
                                                 "in force"});
    }
    Conversion conversion;
    std::vector<std::string> warnings; // about what stays as it lies
    for (OldFile &file : oldFilesOf(*entries, warnings)) {
        conversion.oldFiles.push_back(std::move(file.name));
    }
    std::map<std::string, std::vector<OldRule>> services;
    for (OldRule &old : oldRules(with.rules, without.rules)) {
        services[old.rule.service].push_back(std::move(old));
    }
    std::map<std::string, ConvertedFile> files;
    for (const auto &[service, old] : services) {
        const std::vector<Rule> rules = reachable(old, without.rules);
        const std::string name(homeOf(service, rules));
        ConvertedFile &file = files.try_emplace(name, ConvertedFile{.name = name, .rules = {}}).first->second;
        file.rules.insert(file.rules.end(), rules.begin(), rules.end());
    }
    for (auto &[name, file] : files) {
        if (name == InputFile) {
            fillInputFile(file, without.rules, formatted("{}/{}.policy", paths.directories.back(), name));
        }
        if (!file.rules.empty()) {
            conversion.files.push_back(std::move(file));
        }
    }
    return conversion;
}

std::string textAfter(const ConvertedFile &file, std::string_view before)
{
    const std::string block = blockOf(file);
    if (file.replacesAll || before.starts_with(block)) {
        return file.replacesAll ? block : std::string(before);
    }
    return before.empty() ? block : formatted("{}\n{}", block, before);
}

} // namespace Bulkhead::Policy
