// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/qubecall.h"

#include "base/formatted.h"
#include "vchan-io/transport/localchannel.h"

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

constexpr std::string_view DisposablePrefix = "@dispvm:";
constexpr std::string_view UuidPrefix = "uuid:";

/// A name or `uuid:U`: what becomes a part of a path holds nothing that leads elsewhere.
bool isQube(std::string_view designation)
{
    return QubeName::parse(designation).has_value()
        || (designation.starts_with(UuidPrefix) && isUuid(designation.substr(UuidPrefix.size())));
}

/// Whom the service runs as.
std::string_view userOf(const AllowedCall &allowed)
{
    return allowed.user.empty() ? "DEFAULT" : std::string_view(allowed.user);
}

/// A service is always named with its argument, even where that is empty.
std::string withArgument(std::string service)
{
    if (!service.contains('+')) {
        service += '+';
    }
    return service;
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
        refuse(formatted("the policy cannot be asked: {}", exchange.error().text()));
        return;
    }
    m_exchange = *std::move(exchange);
}

void QubeCall::onPolicyAnswer(const Result<std::string> &answer)
{
    m_exchange.reset();
    if (!answer) {
        refuse(formatted("the policy: {}", answer.error().text()));
        return;
    }
    auto parsed = parsePolicyAnswer(*answer);
    if (!parsed) {
        refuse(formatted("the policy's answer: {}", parsed.error().text()));
        return;
    }
    if (!*parsed) {
        refuse("the policy says no");
        return;
    }
    m_allowed = **std::move(parsed);
    if (m_allowed.target == "dom0") {
        callDom0();
    } else if (m_allowed.target.starts_with('@')) {
        makeDisposable();
    } else if (!isQube(m_allowed.target) || !isQube(targetName())) {
        refuse("the policy's answer names no qube");
    } else {
        connectToTarget();
    }
}

void QubeCall::callDom0()
{
    if (m_allowed.policySource || m_allowed.service) {
        refuse("the policy's answer has what no call to dom0 has");
        return;
    }
    m_handlers.onConnected = {};
    m_handlers.onRefused = {};
    // Not from within the exchange's own call: whoever is told destroys this.
    m_loop.defer([tell = std::exchange(m_handlers.onDom0, {}), command = dom0Command()]() mutable {
        tell(std::move(command));
    });
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
        refuse(formatted("{} does not run and is not to be started", m_allowed.target));
    }
}

Result<void> QubeCall::callTarget()
{
    BH_TRY(auto channel, LocalChannel::connect(m_options.socketDirectory + "/qrexec." + targetName()));
    m_connection = channel->socket();
    Execute request{.kind = ExecKind::Command, .domain = m_options.domain, .port = {}, .command = command()};
    m_target =
        std::make_unique<DaemonConnection>(m_loop,
                                           std::move(channel),
                                           std::move(request),
                                           DaemonConnection::Handlers{
                                               .onAccepted =
                                                   [this](ChannelAddress address) {
                                                       onAccepted(address);
                                                   },
                                               .onEnd =
                                                   [this](const Error &error) {
                                                       if (m_handlers.onConnected) {
                                                           refuse(formatted("{}: {}", m_allowed.target, error.text()));
                                                       }
                                                   },
                                           });
    return m_target->start();
}

void QubeCall::onAccepted(ChannelAddress address)
{
    std::optional<Disposable> disposable;
    if (m_disposable) {
        disposable = Disposable{.name = *std::exchange(m_disposable, std::nullopt), .connection = m_connection};
        m_isForDisposable = false;
    }
    // Not from within its own call: whoever is told may destroy this.
    m_loop.defer([tell = std::exchange(m_handlers.onConnected, {}), address, disposable]() mutable {
        tell(address, disposable);
    });
}

void QubeCall::startTarget()
{
    m_exchange = askCore("admin.vm.Start", m_disposable.value_or(m_allowed.target), {}, [this](const auto &answer) {
        onTargetStarted(answer);
    });
    if (!m_exchange) {
        refuse(formatted("{} cannot be started: the core does not answer", m_allowed.target));
    }
}

void QubeCall::makeDisposable()
{
    const std::string base = disposableTemplate();
    if (base.empty()) {
        refuse("the policy's answer names no template of disposables");
        return;
    }
    if (!m_allowed.autostart) {
        refuse("a disposable would have to be started and is not to be");
        return;
    }
    const std::string_view payload = base.starts_with(UuidPrefix) ? "uuid" : "";
    m_exchange = askCore("admin.vm.CreateDisposable", base, payload, [this](const auto &answer) {
        onDisposableMade(answer);
    });
    m_isForDisposable = m_exchange != nullptr;
    if (!m_exchange) {
        refuse("no disposable can be made: the core does not answer");
    }
}

void QubeCall::onDisposableMade(const Result<std::string> &answer)
{
    m_exchange.reset();
    std::string made = answer && answer->starts_with(Success) ? answer->substr(Success.size()) : std::string();
    // Named in the way that was asked for.
    if (!isQube(made) || made.starts_with(UuidPrefix) != disposableTemplate().starts_with(UuidPrefix)) {
        refuse("no disposable could be made");
        return;
    }
    m_disposable = std::move(made);
    if (m_isAbandoned) {
        killDisposable();
    } else {
        startTarget(); // one that was made in advance runs already, and that is fine
    }
}

void QubeCall::onTargetStarted(const Result<std::string> &answer)
{
    m_exchange.reset();
    if (m_isAbandoned) {
        killDisposable();
        return;
    }
    if (!answer || (*answer != Success && !answer->starts_with(NotHalted))) {
        refuse(formatted("{} could not be started", m_allowed.target));
        return;
    }
    m_wasStarted = true;
    connectToTarget();
}

void QubeCall::connectAgain()
{
    if (++m_attempts > MaxAttempts) {
        refuse(formatted("{} was started, but its agent does not come", m_allowed.target));
        return;
    }
    m_again = m_loop.after(BetweenAttempts, [this] {
        connectToTarget();
    });
}

void QubeCall::abandon()
{
    BH_ASSERT(m_isForDisposable);
    m_handlers.onConnected = {};
    m_handlers.onRefused = {};
    m_isAbandoned = true;
    m_again.reset();
    // What the core is doing goes first.
    if (m_disposable && !m_exchange) {
        killDisposable();
    }
}

void QubeCall::killDisposable()
{
    // Whatever the core says: more cannot be done.
    m_exchange = askCore("admin.vm.Kill", *std::exchange(m_disposable, std::nullopt), {}, [this](const auto &) {
        over();
    });
    if (!m_exchange) {
        over();
    }
}

void QubeCall::over()
{
    // Not from within a handler of something that this owns.
    m_loop.defer([refused = std::exchange(m_handlers.onRefused, {}),
                  why = m_refusal,
                  over = std::exchange(m_handlers.onOver, {})]() mutable {
        if (refused && why) {
            refused(*why);
        } else if (over) {
            over();
        }
    });
}

void QubeCall::refuse(const std::string &why)
{
    if (m_refusal) {
        return;
    }
    m_handlers.onConnected = {};
    m_refusal = why;
    if (m_disposable) {
        killDisposable();
    } else {
        over();
    }
}

std::unique_ptr<SocketExchange> QubeCall::askCore(std::string_view method,
                                                  const std::string &qube,
                                                  std::string_view payload,
                                                  SocketExchange::OnAnswer onAnswer)
{
    auto exchange = SocketExchange::start(m_loop,
                                          m_options.coreSocket,
                                          formatted("{} dom0 name {}", method, qube) + '\0' + std::string(payload),
                                          {.answer = MaxCoreAnswer, .deadline = std::nullopt},
                                          std::move(onAnswer));
    return exchange ? *std::move(exchange) : nullptr;
}

std::string QubeCall::query() const
{
    std::string text = formatted("source={}\nintended_target={}\nservice_and_arg={}\n",
                                 m_options.name.text(),
                                 m_trigger.target.text(),
                                 m_trigger.service.text());
    if (!m_trigger.source.text().empty()) {
        text += formatted("requested_source={}\n", m_trigger.source.text());
    }
    return text + '\n';
}

std::string QubeCall::command() const
{
    const std::string service = m_allowed.service.value_or(m_trigger.service.text());
    return formatted("{}:QUBESRPC {} {}",
                     userOf(m_allowed),
                     withArgument(service),
                     m_allowed.policySource.value_or(m_options.name.text()));
}

std::string QubeCall::dom0Command() const
{
    const std::string_view requested = m_allowed.requestedTarget;
    const bool isKeyword = requested.starts_with('@');
    return formatted("{}:QUBESRPC {} {} {} {}",
                     userOf(m_allowed),
                     withArgument(m_trigger.service.text()),
                     m_options.name.text(),
                     isKeyword ? "keyword" : "name",
                     isKeyword ? requested.substr(1) : requested);
}

std::string QubeCall::disposableTemplate() const
{
    std::string_view target = m_allowed.targetUuid ? *m_allowed.targetUuid : m_allowed.target;
    if (!m_allowed.target.starts_with(DisposablePrefix) || !target.starts_with(DisposablePrefix)) {
        return {};
    }
    target.remove_prefix(DisposablePrefix.size());
    return isQube(target) ? std::string(target) : std::string();
}

const std::string &QubeCall::targetName() const
{
    if (m_disposable) {
        return *m_disposable;
    }
    return m_allowed.targetUuid ? *m_allowed.targetUuid : m_allowed.target;
}

} // namespace Bulkhead::Qrexec
