// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/session.h"

#include "base/formatted.h"
#include "base/log.h"
#include "gui-agent/guestsession/runtimedirectory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace Bulkhead::GuestSession
{

namespace
{

constexpr LogCategory Log("bulkhead.guest-session.session");

Result<void> writeFile(const std::string &path, std::string_view text)
{
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return failErrno(errno, formatted("writing {}", path));
    }
    return {};
}

} // namespace

Result<std::unique_ptr<Session>> Session::start(EventLoop &loop, SessionSettings settings)
{
    BH_TRY(auto socket, ReadySocket::listen(loop, readySocketIn(settings.runtimeDirectory)));
    std::unique_ptr<Session> session(new Session(loop, std::move(settings), std::move(socket)));
    BH_CHECK(session->begin());
    return session;
}

Session::Session(EventLoop &loop, SessionSettings settings, std::unique_ptr<ReadySocket> socket)
    : m_loop(loop)
    , m_settings(std::move(settings))
    , m_socket(std::move(socket))
    , m_xServer(loop,
                "X server",
                {.ready =
                     [this](const std::string &said) {
                         onXServerReady(said);
                     },
                 .ended =
                     [this] {
                         onXServerEnded();
                     }})
    , m_agent(loop,
              "GUI agent",
              {.ready =
                   [this](const std::string & /*said*/) {
                       m_socket->setReady(true);
                   },
               .ended =
                   [this] {
                       m_socket->setReady(false);
                   }})
    , m_dragAgent(loop, "drag agent", {.ready = [](const std::string & /*said*/) {}, .ended = [] {}})
    , m_forkServer(loop, "fork server", {.ready = [](const std::string & /*said*/) {}, .ended = [] {}})
{
}

Result<void> Session::begin()
{
    const XServerSettings server{
        .display = m_settings.display,
        .screen = m_settings.screen,
        .configurationFile = m_settings.runtimeDirectory + "/xorg.conf",
        .logFile = m_settings.runtimeDirectory + "/xorg.log",
        .glx = ::access(m_settings.glxFlag.c_str(), F_OK) == 0,
        .readyFd = Child::ReadyFd,
    };
    if (m_settings.xServer.kind == XServerKind::Xorg) {
        BH_CHECK(writeFile(server.configurationFile, dummyConfiguration(m_settings.screen)));
    }
    m_xServer.start({.arguments = xServerCommand(m_settings.xServer, server), .environment = {}});
    return {};
}

void Session::onXServerReady(const std::string &said)
{
    m_display = formatted(":{}", said); // an X server says its display's number
    Log.info("the X server is ready on {}", m_display);
    if (m_settings.xServer.kind != XServerKind::Xorg) {
        startAgent();
    } else if (const auto started = startKeymap(); !started) {
        Log.warning("keys without letters may be others than in dom0: {}", started.error().text());
        startAgent();
    }
}

/// Without devices this server numbers keys as the first servers did, and dom0 sends the kernel's numbers: letters are
/// the same in both, arrows, Insert, Delete and the right-hand modifiers are not.
Result<void> Session::startKeymap()
{
    UniqueFd nobody(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    BH_TRY(Child keymap,
           Child::start({.arguments = {"setxkbmap", "-rules", "evdev", "-model", "pc105"},
                         .environment = {{"DISPLAY", m_display}}},
                        std::move(nobody)));
    m_keymap.emplace(std::move(keymap));
    BH_TRY(m_keymapWatch, m_loop.watch(m_keymap->pollFd(), Readiness::Read, [this] {
        onKeymapSet();
    }));
    return {};
}

void Session::onKeymapSet()
{
    m_keymapWatch.reset();
    if (auto program = std::exchange(m_keymap, std::nullopt)) {
        Log.info("the keymap's program {}", program->reap());
    }
    startAgent();
}

void Session::startAgent()
{
    m_agent.start({
        .arguments = {m_settings.agent, "--ready-fd", std::to_string(Child::ReadyFd)},
        .environment = {{"DISPLAY", m_display}},
    });
    if (!m_settings.dragAgent.empty()) {
        m_dragAgent.start({
            .arguments = {m_settings.dragAgent, "--ready-fd", std::to_string(Child::ReadyFd)},
            .environment = {{"DISPLAY", m_display}},
        });
    }
    if (!m_settings.forkServer.empty()) {
        startForkServer();
    }
}

void Session::startForkServer()
{
    // Whatever a login sets is there for each call then, and is set once.
    m_forkServer.start({
        .arguments = {"/bin/sh",
                      "-lc",
                      R"(exec "$0" "$@")",
                      m_settings.forkServer,
                      "--ready-fd",
                      std::to_string(Child::ReadyFd)},
        .environment = {{"DISPLAY", m_display}},
    });
}

void Session::onXServerEnded()
{
    m_socket->setReady(false);
    m_keymapWatch.reset();
    m_keymap.reset();
    m_agent.stop();
    m_dragAgent.stop();
    m_forkServer.stop();
}

} // namespace Bulkhead::GuestSession
