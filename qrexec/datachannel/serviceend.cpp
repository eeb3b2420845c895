// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/serviceend.h"

#include "base/log.h"

#include <utility>
#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.data");

} // namespace

ServiceEnd::ServiceEnd(EventLoop &loop, std::unique_ptr<Channel> channel, Handlers handlers, Greeting greeting)
    : m_loop(loop)
    , m_handlers(std::move(handlers))
    , m_data(loop,
             std::move(channel),
             Link::CallerToService,
             greeting,
             {
                 .onReady =
                     [this] {
                         onReady();
                     },
                 .onMessage =
                     [this](const Header &header, std::span<const std::byte> body, ProtocolVersion version) {
                         return onMessage(header, body, version);
                     },
                 .onDrained =
                     [this] {
                         onDrained();
                     },
                 .onEnd =
                     [this](Error error) {
                         done(std::move(error));
                     },
             })
{
}

void ServiceEnd::onReady()
{
    // What the caller says before the service runs waits for it.
    m_data.link().pauseReading();
    m_handlers.onReady();
}

void ServiceEnd::run(ServiceStreams streams, EndRules rules)
{
    m_isRunning = true;
    m_rules = rules;
    m_data.link().resumeReading();
    m_inputsOther = std::move(streams.inputsOther);
    if (streams.input) {
        m_input = std::make_unique<LocalOutput>(m_loop, std::move(streams.input), [this] {
            onInputChanged();
        });
        if (m_callerEnded) {
            m_input->finish();
        }
    }
    if (streams.error) {
        m_error = std::make_unique<LocalInput>(
            m_loop,
            std::move(streams.error),
            [this](std::span<const std::byte> bytes) {
                onError(bytes);
            },
            [this] {
                onError({});
            });
        m_error->resume();
    } else {
        m_data.sendStream<ErrorOutput>({}); // before anything else, as the field's peers expect of socket services
    }
    m_output = std::make_unique<LocalInput>(
        m_loop,
        std::move(streams.output),
        [this](std::span<const std::byte> bytes) {
            onOutput(bytes);
        },
        [this] {
            onOutput({});
        });
    m_output->resume();
}

void ServiceEnd::mergeDirections()
{
    if (m_output && m_inputsOther) {
        m_output->moveTo(std::move(m_inputsOther));
        throttle();
    }
}

void ServiceEnd::setStatus(int status)
{
    m_status = status;
    finishIfOver();
}

void ServiceEnd::reportFailure(int status)
{
    m_data.sendStream<Output>({});
    m_data.sendStream<ErrorOutput>({});
    sendLast(status);
}

void ServiceEnd::reportStart(int status)
{
    sendLast(status);
}

Result<void> ServiceEnd::onMessage(const Header &header, std::span<const std::byte> body, ProtocolVersion version)
{
    BH_TRY(const FromCaller message, parseFromCaller(header, body, version));
    if (std::holds_alternative<Disregarded>(message)) {
        if (!std::exchange(m_warned, true)) {
            Log.warning("the caller sends what only a service may send; it is ignored");
        }
        return {};
    }
    const Input *const input = std::get_if<Input>(&message);
    BH_ASSERT(input != nullptr); // a second greeting is refused by its header
    if (m_callerEnded) {
        return {};
    }
    if (input->isEnd()) {
        m_callerEnded = true;
        if (m_input) {
            m_input->finish();
        }
        finishIfOver();
    } else if (m_input) {
        m_input->write(input->bytes);
        if (m_input->isCongested()) {
            m_data.link().pauseReading();
        }
    }
    return {};
}

void ServiceEnd::onInputChanged()
{
    m_data.link().resumeReading();
}

void ServiceEnd::onOutput(std::span<const std::byte> bytes)
{
    m_data.sendStream<Output>(bytes);
    throttle();
    if (bytes.empty()) {
        finishIfOver();
    }
}

void ServiceEnd::onError(std::span<const std::byte> bytes)
{
    m_data.sendStream<ErrorOutput>(bytes);
    throttle();
    if (bytes.empty()) {
        finishIfOver();
    }
}

void ServiceEnd::throttle()
{
    if (m_data.link().pendingOut() == 0) {
        return;
    }
    for (const auto &stream : {m_output.get(), m_error.get()}) {
        if (stream != nullptr) {
            stream->pause();
        }
    }
}

void ServiceEnd::onDrained()
{
    if (m_sentLast) {
        done(std::nullopt);
        return;
    }
    for (const auto &stream : {m_output.get(), m_error.get()}) {
        if (stream != nullptr) {
            stream->resume();
        }
    }
}

bool ServiceEnd::isOver() const
{
    if (!m_isRunning || !m_status) {
        return false;
    }
    const bool serviceEnded = m_output->hasEnded() && (!m_error || m_error->hasEnded());
    return (serviceEnded && (m_rules.serviceEofEnds || m_callerEnded)) || (m_callerEnded && m_rules.callerEofEnds);
}

void ServiceEnd::finishIfOver()
{
    if (m_sentLast || !m_status || !isOver()) {
        return;
    }
    if (!m_output->hasEnded()) {
        m_output->close();
        m_data.sendStream<Output>({});
    }
    sendLast(*m_status);
}

void ServiceEnd::sendLast(int status)
{
    m_sentLast = true;
    m_data.sendExitCode(status);
    if (m_data.link().pendingOut() == 0) {
        // Not from within this call: the caller of it still works with what would go.
        m_lastTurn = m_loop.after(Duration::zero(), [this] {
            done(std::nullopt);
        });
    }
}

void ServiceEnd::done(std::optional<Error> error)
{
    if (std::exchange(m_isDone, true)) {
        return;
    }
    m_data.link().close();
    m_handlers.onDone(std::move(error));
}

} // namespace Bulkhead::Qrexec
