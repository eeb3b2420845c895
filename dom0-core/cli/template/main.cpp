// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-template: makes templates.
#include "dom0-core/cli/template/addtemplate.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

using namespace Bulkhead;

namespace
{

constexpr const char *Usage = "Usage: bulkhead-template add NAME PATH [--in-place] [--run-directory DIRECTORY]\n"
                              "\n"
                              "Makes a template called NAME whose root is a copy of PATH, a directory (local driver) "
                              "or an ext4 image (Xen); with\n"
                              "--in-place PATH itself is used, read-only, and must stay where it is.\n";

struct Options {
    Cli::NewTemplate wanted;
    std::filesystem::path run = "/run";
};

std::optional<Options> parse(std::span<char *const> arguments)
{
    Options options;
    std::vector<std::string_view> words;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view word(arguments[i]);
        if (word == "--in-place") {
            options.wanted.isInPlace = true;
        } else if (word == "--run-directory" && i + 1 < arguments.size()) {
            options.run = arguments[++i];
        } else if (word.starts_with("-")) {
            return std::nullopt;
        } else {
            words.push_back(word);
        }
    }
    if (words.size() != 3 || words[0] != "add") {
        return std::nullopt;
    }
    options.wanted.name = words[1];
    options.wanted.root = words[2];
    return options;
}

} // namespace

int main(int argc, char **argv)
{
    constexpr int WrongUse = 2;
    const auto options = parse(std::span(argv, static_cast<std::size_t>(argc)));
    if (!options) {
        (void)std::fputs(Usage, stderr);
        return WrongUse;
    }
    if (const auto added = Cli::addTemplate(options->run, options->wanted); !added) {
        (void)std::fprintf(stderr, "bulkhead-template: %s\n", added.error().text().c_str());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
