// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/commandline.h"

#include "base/ascii.h"

#include <algorithm>
#include <vector>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::string_view NoGuiPrefix = "nogui:";
constexpr std::string_view ServiceKeyword = "QUBESRPC";

bool isNameLetter(char c)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '_' || c == '.' || c == '-';
}

bool takePrefix(std::string_view &text, std::string_view prefix)
{
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

/// The words between runs of spaces.
std::vector<std::string_view> wordsOf(std::string_view text)
{
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) {
            words.push_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

Result<std::string> parseServiceName(std::string_view text)
{
    if (text.empty() || text.size() > MaxServiceName) {
        return fail(Errc::BadValue, "the service's name is not 1 to 255 bytes long");
    }
    if (text == "." || text == ".." || !std::ranges::all_of(text, isNameLetter)) {
        return fail(Errc::BadValue, "the service's name has a letter that none may have");
    }
    return std::string(text);
}

Result<std::string> parseArgument(std::string_view text)
{
    const auto allowed = [](char c) {
        return isNameLetter(c) || c == '+';
    };
    if (!std::ranges::all_of(text, allowed)) {
        return fail(Errc::BadValue, "the service's argument has a letter that none may have");
    }
    return std::string(text);
}

Result<RequestedTarget> parseTarget(std::string_view kind, std::string_view text)
{
    if (kind == "name") {
        return RequestedTarget{RequestedTarget::Kind::Name, std::string(text)};
    }
    if (kind == "keyword") {
        return RequestedTarget{RequestedTarget::Kind::Keyword, std::string(text)};
    }
    return fail(Errc::BadValue, "the requested target is neither a name nor a keyword");
}

/// @param line  what follows `QUBESRPC `
Result<ServiceRequest> parseService(std::string_view line)
{
    const std::size_t descriptorEnd = line.find(' ');
    if (descriptorEnd == std::string_view::npos || descriptorEnd + 1 >= line.size() || line[descriptorEnd + 1] == ' ') {
        return fail(Errc::BadValue, "the command names no source");
    }
    const std::string_view descriptor = line.substr(0, descriptorEnd);
    if (descriptor.size() > MaxDescriptor) {
        return fail(Errc::BadValue, "the service's name with its argument is too long");
    }
    const std::size_t plus = descriptor.find('+');
    BH_TRY(std::string name, parseServiceName(descriptor.substr(0, plus)));
    std::optional<std::string> argument;
    if (plus != std::string_view::npos) {
        BH_TRY(argument, parseArgument(descriptor.substr(plus + 1)));
    }

    const auto words = wordsOf(line.substr(descriptorEnd + 1));
    if (words.size() != 1 && words.size() != 3) {
        return fail(Errc::BadValue, "the command has a wrong number of words");
    }
    BH_TRY(QubeName source, QubeName::parse(words[0]));
    std::optional<RequestedTarget> target;
    if (words.size() == 3) {
        BH_TRY(target, parseTarget(words[1], words[2]));
    }
    return ServiceRequest{
        .name = std::move(name),
        .argument = std::move(argument),
        .source = std::move(source),
        .target = std::move(target),
        .line = std::string(line),
    };
}

} // namespace

std::string ServiceRequest::descriptor() const
{
    return argument ? name + '+' + *argument : name;
}

Result<Command> parseCommand(std::string_view text)
{
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        return fail(Errc::BadValue, "the command names no user");
    }
    const std::string user(text.substr(0, colon));
    text.remove_prefix(colon + 1);
    const bool waitsForSession = !takePrefix(text, NoGuiPrefix);

    if (!takePrefix(text, ServiceKeyword)) {
        return Command{user, waitsForSession, ShellCommand{std::string(text)}};
    }
    if (!takePrefix(text, " ")) {
        return fail(Errc::BadValue, "the keyword is not followed by a space");
    }
    BH_TRY(ServiceRequest request, parseService(text));
    return Command{user, waitsForSession, std::move(request)};
}

} // namespace Bulkhead::Qrexec
