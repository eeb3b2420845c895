// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/template/options.h"

#include "base/formatted.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace Bulkhead::Cli
{

namespace
{

/// The words of a command line, told apart: what stands alone, what is set, what has a value.
struct Words {
    std::vector<std::string> plain;
    std::set<std::string> flags;
    std::map<std::string, std::string> values;
};

Result<Words> tellApart(std::span<char *const> arguments)
{
    static const std::set<std::string> WithValue{"--run-directory", "--suite", "--guest-package"};
    static const std::set<std::string> Flags{"--in-place", "--directory", "--image", "--yes", "--help", "-h"};
    Words words;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string word(arguments[i]);
        if (WithValue.contains(word)) {
            if (i + 1 == arguments.size()) {
                return fail(Errc::BadValue, formatted("{} needs a value", word));
            }
            words.values[word] = arguments[++i];
        } else if (Flags.contains(word)) {
            words.flags.insert(word);
        } else if (word.starts_with("-")) {
            return fail(Errc::BadValue, formatted("there is no option {}", word));
        } else {
            words.plain.push_back(word);
        }
    }
    return words;
}

/// What is left once an order has taken its own is a mistake, not something to overlook.
Result<void> onlyThese(const Words &words, const std::set<std::string> &known)
{
    for (const auto &flag : words.flags) {
        if (!known.contains(flag)) {
            return fail(Errc::BadValue, formatted("{} means nothing to {}", flag, words.plain.front()));
        }
    }
    for (const auto &[option, value] : words.values) {
        if (option != "--run-directory" && !known.contains(option)) {
            return fail(Errc::BadValue, formatted("{} means nothing to {}", option, words.plain.front()));
        }
    }
    return {};
}

Result<BuildOrder> buildOrder(const Words &words)
{
    BH_CHECK(onlyThese(words, {"--suite", "--guest-package", "--directory", "--image"}));
    BH_TRY(auto name, QubeName::parse(words.plain[1]));
    BuildOrder order{.name = std::move(name)};
    if (words.flags.contains("--directory") && words.flags.contains("--image")) {
        return fail(Errc::BadValue, "a root is a directory or an image, not both");
    }
    if (words.flags.contains("--directory")) {
        order.form = RootForm::Directory;
    } else if (words.flags.contains("--image")) {
        order.form = RootForm::Image;
    }
    if (const auto suite = words.values.find("--suite"); suite != words.values.end()) {
        order.suite = suite->second;
    }
    if (const auto file = words.values.find("--guest-package"); file != words.values.end()) {
        order.guestPackage = file->second;
    }
    return order;
}

Result<decltype(TemplateOptions::order)> orderOf(const Words &words)
{
    const std::string verb = words.plain.empty() ? std::string() : words.plain.front();
    if (verb == "list" && words.plain.size() == 1) {
        BH_CHECK(onlyThese(words, {}));
        return ListOrder{};
    }
    if (verb == "build" && words.plain.size() == 2) {
        return buildOrder(words);
    }
    if (verb == "remove" && words.plain.size() == 2) {
        BH_CHECK(onlyThese(words, {"--yes"}));
        BH_TRY(auto name, QubeName::parse(words.plain[1]));
        return RemoveOrder{.name = std::move(name), .isSure = words.flags.contains("--yes")};
    }
    if (verb == "add" && words.plain.size() == 3) {
        BH_CHECK(onlyThese(words, {"--in-place"}));
        return NewTemplate{
            .name = words.plain[1], .root = words.plain[2], .isInPlace = words.flags.contains("--in-place")};
    }
    return fail(Errc::BadValue, "that is no order; --help tells which there are");
}

} // namespace

Result<TemplateOptions> parseTemplateOptions(std::span<char *const> arguments)
{
    BH_TRY(const auto words, tellApart(arguments));
    TemplateOptions options;
    if (words.flags.contains("--help") || words.flags.contains("-h")) {
        return options;
    }
    BH_TRY(options.order, orderOf(words));
    if (const auto run = words.values.find("--run-directory"); run != words.values.end()) {
        options.run = run->second;
    }
    return options;
}

const char *templateUsage()
{
    return "Usage: bulkhead-template build NAME [--suite SUITE] [--image|--directory] [--guest-package FILE]\n"
           "       bulkhead-template add NAME PATH [--in-place]\n"
           "       bulkhead-template remove NAME [--yes]\n"
           "       bulkhead-template list\n"
           "\n"
           "build   makes a template of Debian packages, from the mirror that this system uses, and of bulkhead-guest\n"
           "add     makes a template whose root is a copy of PATH, a directory (local driver) or an ext4 image (Xen);\n"
           "        with --in-place PATH itself is used, read-only, and must stay where it is\n"
           "remove  takes a template away that no qube is made from\n"
           "list    says which templates there are and who is made from them\n"
           "\n"
           "--run-directory DIRECTORY says where bulkheadd's sockets are (default: /run). bulkhead-template(1) tells "
           "more.\n";
}

} // namespace Bulkhead::Cli
