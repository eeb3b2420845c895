// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/serviceconfig.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"
#include "qrexec/process/readfile.h"
#include "qrexec/service/servicelookup.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

using Value = std::variant<bool, std::uint64_t, std::string>;

struct Setting {
    std::string_view key;
    Value value;
};

bool isKeyLetter(char c)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '.' || c == '_' || c == '-';
}

void skipBlanks(std::string_view &text)
{
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// Takes a quoted string off the front; there are no escapes and no quote within.
Result<Value> takeString(std::string_view &text)
{
    const std::size_t end = text.find('\'', 1);
    if (end == std::string_view::npos) {
        return fail(Errc::BadValue, "a string does not end");
    }
    std::string value(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    return value;
}

Result<Value> takeWord(std::string_view &text)
{
    const std::string_view word = text.substr(0, text.find_first_of(" \t#"));
    text.remove_prefix(word.size());
    if (word == "true" || word == "false") {
        return word == "true";
    }
    const auto number = numberIn<std::uint64_t>(word);
    const bool leadingZero = word.size() > 1 && word.front() == '0';
    if (!number || leadingZero) {
        return fail(Errc::BadValue, "a value is neither true, false, a number nor a 'string'");
    }
    return *number;
}

/// One line without its end. Nothing where the line sets nothing.
Result<std::optional<Setting>> parseLine(std::string_view line)
{
    if (line.empty() || line.front() == '#') {
        return std::nullopt;
    }
    if (!Ascii::isLetter(line.front())) {
        return fail(Errc::BadValue, "a line begins with neither a key nor a comment");
    }
    const auto keyEnd = static_cast<std::size_t>(std::ranges::find_if_not(line, isKeyLetter) - line.begin());
    const std::string_view key = line.substr(0, keyEnd);
    line.remove_prefix(keyEnd);
    skipBlanks(line);
    if (!line.starts_with('=')) {
        return fail(Errc::BadValue, "a key is not followed by =");
    }
    line.remove_prefix(1);
    skipBlanks(line);
    BH_TRY(Value value, line.starts_with('\'') ? takeString(line) : takeWord(line));
    skipBlanks(line);
    if (!line.empty() && line.front() != '#') {
        return fail(Errc::BadValue, "a value is followed by something else");
    }
    return Setting{key, std::move(value)};
}

Result<bool> asBool(const Setting &setting)
{
    if (const bool *const flag = std::get_if<bool>(&setting.value)) {
        return *flag;
    }
    return fail(Errc::BadValue, formatted("{} needs true or false", setting.key));
}

/// wait-for-session was a number before it was a truth value.
Result<bool> asBoolOrBit(const Setting &setting)
{
    if (const auto *const number = std::get_if<std::uint64_t>(&setting.value); number != nullptr && *number <= 1) {
        return *number == 1;
    }
    return asBool(setting);
}

/// Applies one setting. False: the key is unknown.
Result<bool> apply(ServiceConfig &config, const Setting &setting)
{
    if (setting.key == "wait-for-session") {
        BH_TRY(config.waitForSession, asBoolOrBit(setting));
    } else if (setting.key == "force-user") {
        const auto *const user = std::get_if<std::string>(&setting.value);
        if (user == nullptr) {
            return fail(Errc::BadValue, "force-user needs a 'string'");
        }
        config.forceUser = *user;
    } else if (setting.key == "skip-service-descriptor") {
        BH_TRY(config.skipServiceDescriptor, asBool(setting));
    } else if (setting.key == "exit-on-client-eof") {
        BH_TRY(config.exitOnClientEof, asBool(setting));
    } else if (setting.key == "exit-on-service-eof") {
        BH_TRY(config.exitOnServiceEof, asBool(setting));
    } else {
        return false;
    }
    return true;
}

/// Takes one line off the front of `text`, without its line feed and a carriage return before that.
std::string_view takeLine(std::string_view &text)
{
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

} // namespace

Result<ServiceConfig> parseServiceConfig(std::string_view text)
{
    if (text.contains('\0')) {
        return fail(Errc::BadValue, "the file has a NUL byte");
    }
    ServiceConfig config;
    std::set<std::string_view> seen;
    for (int number = 1; !text.empty(); ++number) {
        auto line = parseLine(takeLine(text));
        if (!line) {
            return std::unexpected(std::move(line).error().in(formatted("line {}", number)));
        }
        const auto setting = *std::move(line);
        if (!setting) {
            continue;
        }
        auto known = apply(config, *setting);
        if (!known) {
            return std::unexpected(std::move(known).error().in(formatted("line {}", number)));
        }
        if (!*known) {
            config.unknownKeys.emplace_back(setting->key);
        } else if (!seen.insert(setting->key).second) {
            return fail(Errc::BadValue, formatted("line {}: a key is given twice", number));
        }
    }
    if (config.forceUser && config.hasSocketOptions()) {
        return fail(Errc::BadValue, "force-user does not go with the options of socket services");
    }
    return config;
}

Result<ServiceConfig> loadServiceConfig(const SearchPath &path, const ServiceRequest &request)
{
    BH_TRY(auto file, findFile(path, specificFileName(request), TcpLinks::AreFollowed));
    if (!file) {
        BH_TRY(file, findFile(path, request.name, TcpLinks::AreFollowed));
    }
    if (!file) {
        return ServiceConfig{};
    }
    BH_TRY(const std::string text, readFile(*file, MaxConfigSize));
    return parseServiceConfig(text).transform_error([&file](Error error) {
        return std::move(error).in(*file);
    });
}

} // namespace Bulkhead::Qrexec
