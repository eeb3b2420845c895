// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/qubecall.h"

#include "vchan-io/transport/localchannel.h"

#include <format>
#include <optional>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

/// A start may take as long as a system takes to come up. Source: spec qrexec, section 19.
constexpr std::size_t MaxCoreAnswer = 65534;

/// A target that was started has its daemon a moment later: looked for so often, so far apart.
constexpr int MaxAttempts = 60;
constexpr Duration BetweenAttempts = std::chrono::seconds(1);

/// What the core says where the target runs already.
constexpr std::string_view Success{"0\0", 2};
constexpr std::string_view NotHalted{"2\0QubesVMNotHaltedError\0", 24};

/// A name or `uuid:U`: what becomes a part of a path holds nothing that leads elsewhere.
bool isQube(std::string_view designation)
{
    constexpr std::string_view Prefix = "uuid:";
    return QubeName::parse(designation).has_value()
        || (designation.starts_with(Prefix) && isUuid(designation.substr(Prefix.size())));
}

} // namespace

QubeCall::QubeCall(EventLoop &loop, const DaemonOptions &options, Trigger trigger, Handlers handlers)
    : m_loop(loop)
    , m_options(options)
    , m_trigger(std::move(trigger))
    , m_handlers(std::move(handlers))
{
}

void QubeCall::start()
{
    auto exchange = SocketExchange::start(m_loop,
                                          m_options.policySocket,
                                          query(),
                                          {.answer = MaxPolicyAnswer, .deadline = std::nullopt},
                                          [this](const Result<std::string> &answer) {
                                              onPolicyAnswer(answer);
                                          });
    if (!exchange) {
        refuse(std::format("the policy cannot be asked: {}", exchange.error().text()));
        return;
    }
    m_exchange = *std::move(exchange);
}

void QubeCall::onPolicyAnswer(const Result<std::string> &answer)
{
    m_exchange.reset();
    if (!answer) {
        refuse(std::format("the policy: {}", answer.error().text()));
        return;
    }
    auto parsed = parsePolicyAnswer(*answer);
    if (!parsed) {
        refuse(std::format("the policy's answer: {}", parsed.error().text()));
        return;
    }
    if (!*parsed) {
        refuse("the policy says no");
        return;
    }
    m_allowed = **std::move(parsed);
    if (m_allowed.target == "dom0") {
        refuse("allowed, but dom0 offers no services yet");
    } else if (m_allowed.target.starts_with('@')) {
        refuse("allowed, but disposables by call are not made yet");
    } else if (!isQube(m_allowed.target) || !isQube(targetName())) {
        refuse("the policy's answer names no qube");
    } else {
        connectToTarget();
    }
}

void QubeCall::connectToTarget()
{
    const auto called = callTarget();
    if (called) {
        return;
    }
    if (called.error().code != Errc::NotFound) {
        refuse(called.error().text());
    } else if (m_wasStarted) {
        connectAgain();
    } else if (m_allowed.autostart) {
        startTarget();
    } else {
        refuse(std::format("{} does not run and is not to be started", m_allowed.target));
    }
}

Result<void> QubeCall::callTarget()
{
    BH_TRY(auto channel, LocalChannel::connect(m_options.socketDirectory + "/qrexec." + targetName()));
    Execute request{.kind = ExecKind::Command, .domain = m_options.domain, .port = {}, .command = command()};
    m_target = std::make_unique<DaemonConnection>(
        m_loop,
        std::move(channel),
        std::move(request),
        DaemonConnection::Handlers{
            .onAccepted =
                [this](ChannelAddress address) {
                    // Not from within its own call: whoever is told may destroy this.
                    m_loop.defer([tell = std::exchange(m_handlers.onConnected, {}), address]() mutable {
                        tell(address);
                    });
                },
            .onEnd =
                [this](const Error &error) {
                    if (m_handlers.onConnected) {
                        refuse(std::format("{}: {}", m_allowed.target, error.text()));
                    }
                },
        });
    return m_target->start();
}

void QubeCall::startTarget()
{
    auto exchange = SocketExchange::start(m_loop,
                                          m_options.coreSocket,
                                          std::format("admin.vm.Start dom0 name {}", m_allowed.target) + '\0',
                                          {.answer = MaxCoreAnswer, .deadline = std::nullopt},
                                          [this](const Result<std::string> &answer) {
                                              onTargetStarted(answer);
                                          });
    if (!exchange) {
        refuse(std::format("{} cannot be started: {}", m_allowed.target, exchange.error().text()));
        return;
    }
    m_exchange = *std::move(exchange);
}

void QubeCall::onTargetStarted(const Result<std::string> &answer)
{
    m_exchange.reset();
    if (!answer || (*answer != Success && !answer->starts_with(NotHalted))) {
        refuse(std::format("{} could not be started", m_allowed.target));
        return;
    }
    m_wasStarted = true;
    connectToTarget();
}

void QubeCall::connectAgain()
{
    if (++m_attempts > MaxAttempts) {
        refuse(std::format("{} was started, but its agent does not come", m_allowed.target));
        return;
    }
    m_again = m_loop.after(BetweenAttempts, [this] {
        connectToTarget();
    });
}

void QubeCall::refuse(const std::string &why)
{
    m_handlers.onConnected = {};
    // Not from within a handler of something that this owns.
    m_loop.defer([tell = std::exchange(m_handlers.onRefused, {}), why]() mutable {
        if (tell) {
            tell(why);
        }
    });
}

std::string QubeCall::query() const
{
    std::string text = std::format("source={}\nintended_target={}\nservice_and_arg={}\n",
                                   m_options.name.text(),
                                   m_trigger.target.text(),
                                   m_trigger.service.text());
    if (!m_trigger.source.text().empty()) {
        text += std::format("requested_source={}\n", m_trigger.source.text());
    }
    return text + '\n';
}

std::string QubeCall::command() const
{
    std::string service = m_allowed.service.value_or(m_trigger.service.text());
    if (!service.contains('+')) {
        service += '+';
    }
    return std::format("{}:QUBESRPC {} {}",
                       m_allowed.user.empty() ? "DEFAULT" : m_allowed.user,
                       service,
                       m_allowed.policySource.value_or(m_options.name.text()));
}

const std::string &QubeCall::targetName() const
{
    return m_allowed.targetUuid ? *m_allowed.targetUuid : m_allowed.target;
}

} // namespace Bulkhead::Qrexec
