// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/compatfiles.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/printable.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

namespace Bulkhead::Policy
{

namespace
{

constexpr std::array<std::string_view, 3> LeftOvers{".rpmsave", ".rpmnew", ".swp"};

bool isOldFile(const Entry &entry)
{
    const std::string_view name = entry.name;
    const bool isLeftOver = std::ranges::any_of(LeftOvers, [name](std::string_view suffix) {
        return name.ends_with(suffix);
    });
    const bool hasOddLetters = !std::ranges::all_of(name, [](char c) {
        return Ascii::isDigit(c) || Ascii::isLetter(c) || std::string_view("+._-").contains(c);
    });
    return entry.kind == EntryKind::File && !isLeftOver && !hasOddLetters && !name.starts_with('.')
        && !name.starts_with('+');
}

} // namespace

std::vector<OldFile> oldFilesOf(const std::vector<Entry> &entries, std::vector<std::string> &warnings)
{
    std::vector<OldFile> files;
    for (const Entry &entry : entries) {
        if (!isOldFile(entry)) {
            warnings.push_back(formatted("left out, not a policy of a service: {}", printable(entry.name)));
            continue;
        }
        const std::size_t plus = entry.name.find('+');
        files.push_back({
            .name = entry.name,
            .service = entry.name.substr(0, plus),
            .argument = plus == std::string::npos ? std::string(Any) : entry.name.substr(plus),
        });
    }
    std::ranges::sort(files, {}, [](const OldFile &file) {
        return std::tuple(file.service, file.argument == Any, file.argument);
    });
    return files;
}

std::vector<Rule> denialsAfter(const OldFile &file)
{
    const auto denial = [&file](TokenKind target) {
        return Rule{
            .service = file.service,
            .argument = file.argument,
            .source = {.kind = TokenKind::AnyVm, .name = {}},
            .target = {.kind = target, .name = {}},
            .action = {.verdict = Verdict::Deny},
        };
    };
    return {denial(TokenKind::AnyVm), denial(TokenKind::AdminVm)};
}

} // namespace Bulkhead::Policy
