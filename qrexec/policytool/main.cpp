// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-policy: looks at policies.
#include "qrexec/policytool/tool.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <span>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr int StatusUsage = 2;

/// @return whether all of it was written
bool writeOutput(const std::string &text, const std::string &file)
{
    if (file.empty()) {
        return static_cast<bool>(std::cout << text << std::flush);
    }
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    return static_cast<bool>(out << text << std::flush);
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = parseToolOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        std::cerr << options.error().text() << '\n' << toolUsage();
        return StatusUsage;
    }
    const auto outcome = runTool(*options);
    if (!outcome) {
        std::cerr << outcome.error().text() << '\n';
        return 1;
    }
    std::cerr << outcome->errors;
    if (!writeOutput(outcome->output, options->output)) {
        std::cerr << "the output could not be written\n";
        return 1;
    }
    return outcome->status;
}
