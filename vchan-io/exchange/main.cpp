// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/clock.h"
#include "base/log.h"
#include "vchan-io/exchange/confinement.h"
#include "vchan-io/exchange/control.h"
#include "vchan-io/exchange/exchanger.h"
#include "vchan-io/exchange/options.h"
#include "vchan-io/exchange/privileges.h"
#include "vchan-io/exchange/runfolder.h"
#include "vchan-io/transport/eventloop.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <span>

namespace
{

using namespace Bulkhead;

constexpr LogCategory Log("bulkhead.exchange");

Result<int> serve(const ExchangeOptions &options)
{
    BH_CHECK(prepareFolders(options));
    BH_CHECK(becomeUser(options));
    raiseDescriptorLimit();

    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    const RunFolder folder(options.directory);
    Exchanger exchanger(folder, *loop);
    BH_CHECK(exchanger.serveDom0(options.dom0Directory + "/socket", groupNamed(options.group)));
    BH_CHECK(exchanger.adoptDomains());
    BH_TRY(UniqueFd listener, listenAt(folder.controlPath(), SOCK_STREAM, 0600));
    BH_TRY(const auto control, ControlSocket::create(std::move(listener), {0, ::getuid()}, *loop, exchanger));

    BH_CHECK(confine(options.directory));
    Log.info("ready");
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    ::umask(0077); // every mode below is set by name
    const auto options = ExchangeOptions::parse(std::span(argv, static_cast<std::size_t>(argc)));
    if (!options) {
        Log.critical("{}", options.error().text());
        return 2;
    }
    const auto served = serve(*options);
    if (!served) {
        Log.critical("{}", served.error().text());
        return EXIT_FAILURE;
    }
    return *served;
}
