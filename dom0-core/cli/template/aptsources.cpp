// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/template/aptsources.h"

#include "base/ascii.h"
#include "base/formatted.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <ranges>
#include <sstream>

namespace Bulkhead::Cli
{

namespace
{

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 8> Releases{
    "trixie", "bookworm", "forky", "sid", "stable", "testing", "oldstable", "unstable"};
constexpr std::string_view Keys = "/usr/share/keyrings/debian-archive-keyring.gpg";

std::vector<std::string> wordsOf(const std::string &line)
{
    std::istringstream in(line);
    return {std::istream_iterator<std::string>(in), {}};
}

bool isAddress(std::string_view text)
{
    return text.contains("://") && std::ranges::all_of(text, [](char c) {
               return c > ' ' && c < '\x7f' && c != '[' && c != ']';
           });
}

/// Takes one archive's address over, if it is one of Debian's releases and the first of its kind.
void offer(Archives &found, const std::string &address, const std::string &suite)
{
    if (!isAddress(address)) {
        return;
    }
    if (std::ranges::contains(Releases, suite)) {
        if (found.main.empty()) {
            found.main = address;
        }
        return;
    }
    const bool isSecurity = suite.ends_with("-security") || suite.ends_with("/updates");
    if (isSecurity && !found.security && std::ranges::contains(Releases, suite.substr(0, suite.find_first_of("-/")))) {
        found.security = address;
    }
}

/// `deb [options] address suite component…`
void readOneLineFile(Archives &found, const fs::path &file)
{
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        auto words = wordsOf(line.substr(0, line.find('#')));
        if (words.empty() || words[0] != "deb") {
            continue;
        }
        std::size_t next = 1;
        if (words.size() > next && words[next].starts_with("[")) {
            while (next < words.size() && !words[next].ends_with("]")) {
                ++next;
            }
            ++next;
        }
        if (next + 1 < words.size()) {
            offer(found, words[next], words[next + 1]);
        }
    }
}

struct Stanza {
    std::vector<std::string> types;
    std::vector<std::string> addresses;
    std::vector<std::string> suites;
    bool isEnabled = true;
};

void take(Archives &found, const Stanza &stanza)
{
    if (!stanza.isEnabled || !std::ranges::contains(stanza.types, "deb")) {
        return;
    }
    for (const auto &address : stanza.addresses) {
        for (const auto &suite : stanza.suites) {
            offer(found, address, suite);
        }
    }
}

/// Stanzas of `Field: value`, apart by an empty line.
void readStanzaFile(Archives &found, const fs::path &file)
{
    std::ifstream in(file);
    Stanza stanza;
    for (std::string line; std::getline(in, line);) {
        if (line.empty()) {
            take(found, std::exchange(stanza, {}));
            continue;
        }
        const auto colon = line.find(':');
        if (line.starts_with("#") || colon == std::string::npos) {
            continue;
        }
        const std::string field = line.substr(0, colon);
        const auto values = wordsOf(line.substr(colon + 1));
        if (field == "Types") {
            stanza.types = values;
        } else if (field == "URIs") {
            stanza.addresses = values;
        } else if (field == "Suites") {
            stanza.suites = values;
        } else if (field == "Enabled") {
            stanza.isEnabled = values.empty() || (values[0] != "no" && values[0] != "false");
        }
    }
    take(found, stanza);
}

} // namespace

Result<Archives> readArchives(const fs::path &apt)
{
    std::vector<fs::path> files{apt / "sources.list"};
    std::error_code code; // a folder that is not there has no files
    for (const auto &entry : fs::directory_iterator(apt / "sources.list.d", code)) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    Archives found;
    for (const auto &file : files) {
        if (file.extension() == ".list") {
            readOneLineFile(found, file);
        } else if (file.extension() == ".sources") {
            readStanzaFile(found, file);
        }
    }
    if (found.main.empty()) {
        return fail(
            Errc::NotFound,
            formatted("no archive of Debian is in this system's package sources ({}/sources.list*)", apt.string()));
    }
    return found;
}

Result<std::string> sourceLines(const Archives &archives, std::string_view suite)
{
    const bool isName = !suite.empty() && Ascii::isLetter(suite.front()) && std::ranges::all_of(suite, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c);
    });
    if (!isName) {
        return fail(Errc::BadValue, "a suite of Debian is one word, as trixie");
    }
    std::string lines = formatted("deb [signed-by={0}] {1} {2} main\n", Keys, archives.main, suite);
    if (suite != "sid" && suite != "unstable") {
        lines += formatted("deb [signed-by={0}] {1} {2}-updates main\n", Keys, archives.main, suite);
        if (archives.security) {
            lines += formatted("deb [signed-by={0}] {1} {2}-security main\n", Keys, *archives.security, suite);
        }
    }
    return lines;
}

std::vector<std::string> aptOptionsFrom(std::string_view dump)
{
    static constexpr std::array<std::string_view, 4> Wanted{
        "Acquire::http::Proxy ", "Acquire::https::Proxy ", "Acquire::Check-Valid-Until ", "Acquire::Check-Date "};
    std::vector<std::string> options{
        R"(Acquire::Languages "none")", R"(Acquire::Retries "3")", R"(APT::Install-Recommends "false")"};
    for (const auto part : std::views::split(dump, '\n')) {
        std::string_view line(part.begin(), part.end());
        if (std::ranges::any_of(Wanted, [&](auto name) {
                return line.starts_with(name);
            })) {
            line = line.substr(0, line.rfind(';'));
            options.emplace_back(line);
        }
    }
    return options;
}

} // namespace Bulkhead::Cli
