// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-template: makes, lists and removes templates.
#include "base/fd.h"
#include "base/formatted.h"
#include "dom0-core/cli/adminclient.h"
#include "dom0-core/cli/template/addtemplate.h"
#include "dom0-core/cli/template/buildtemplate.h"
#include "dom0-core/cli/template/options.h"
#include "dom0-core/cli/template/templates.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <span>

using namespace Bulkhead;

namespace
{

Cli::AdminCall adminAt(const std::filesystem::path &run)
{
    return [socket = run / "qubesd.sock"](std::string_view service, std::string_view destination) {
        return Cli::call(socket, service, destination, {});
    };
}

/// Readable once a person or the system wants this to end. From here on that is the only effect.
Result<UniqueFd> stopRequests()
{
    sigset_t signals{};
    (void)::sigemptyset(&signals);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        (void)::sigaddset(&signals, number);
    }
    (void)::sigprocmask(SIG_BLOCK, &signals, nullptr);
    UniqueFd requests(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!requests) {
        return failErrno(errno, "a descriptor for signals");
    }
    return requests;
}

bool ask(const QubeName &name)
{
    if (::isatty(STDIN_FILENO) == 0) {
        std::cerr << "bulkhead-template: nobody is here to ask; --yes says that it is meant\n";
        return false;
    }
    std::cout << formatted("Remove the template {} and its root for good? [y/N] ", name.text()) << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

Result<void> build(const Cli::BuildOrder &order, const std::filesystem::path &run)
{
    BH_TRY(const UniqueFd stop, stopRequests());
    const Cli::BuildHooks hooks{
        .takenNames =
            [&run] {
                return Cli::qubeNames(adminAt(run));
            },
        .add =
            [&run](const Cli::NewTemplate &made) {
                return Cli::addTemplate(run, made);
            },
        .progress =
            [](std::string_view words) {
                std::cout << "==> " << words << '\n' << std::flush;
            },
    };
    BH_CHECK(Cli::buildTemplate(order, Cli::BuildPlaces{}, hooks, stop.get()));
    std::cout << formatted("{} is ready: make qubes from it\n", order.name.text());
    return {};
}

Result<void> list(const std::filesystem::path &run)
{
    BH_TRY(const auto templates, Cli::listTemplates(adminAt(run)));
    for (const auto &entry : templates) {
        std::cout << formatted("{:<32}{:<10}", entry.name, entry.state);
        for (const auto &user : entry.users) {
            std::cout << ' ' << user;
        }
        std::cout << '\n';
    }
    return {};
}

struct Follow {
    const std::filesystem::path &run;

    Result<void> operator()(const Cli::NewTemplate &wanted) const
    {
        return Cli::addTemplate(run, wanted);
    }

    Result<void> operator()(const Cli::BuildOrder &order) const
    {
        return build(order, run);
    }

    Result<void> operator()(const Cli::RemoveOrder &order) const
    {
        return Cli::removeTemplate(order.name, adminAt(run), [&order] {
            return order.isSure || ask(order.name);
        });
    }

    Result<void> operator()(const Cli::ListOrder &) const
    {
        return list(run);
    }

    Result<void> operator()(const Cli::HelpOrder &) const
    {
        std::cout << Cli::templateUsage();
        return {};
    }
};

} // namespace

int main(int argc, char **argv)
{
    constexpr int WrongUse = 2;
    const auto options = Cli::parseTemplateOptions(std::span(argv, static_cast<std::size_t>(argc)));
    if (!options) {
        std::cerr << "bulkhead-template: " << options.error().text() << '\n' << Cli::templateUsage();
        return WrongUse;
    }
    if (const auto done = std::visit(Follow{.run = options->run}, options->order); !done) {
        std::cerr << "bulkhead-template: " << done.error().text() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
