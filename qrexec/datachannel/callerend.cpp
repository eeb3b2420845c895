// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/callerend.h"

#include "base/log.h"
#include "qrexec/process/exitstatus.h"

#include <utility>
#include <variant>
#include <vector>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.data");

} // namespace

CallerEnd::CallerEnd(
    EventLoop &loop, std::unique_ptr<Channel> channel, CallerStreams streams, CallerOptions options, Handlers handlers)
    : m_options(std::move(options))
    , m_handlers(std::move(handlers))
    , m_input(
          loop,
          std::move(streams.input),
          [this](std::span<const std::byte> bytes) {
              onInput(bytes);
          },
          [this] {
              endInput();
          })
    , m_output(loop,
               std::move(streams.output),
               [this] {
                   onOutputChanged();
               })
    , m_error(loop,
              std::move(streams.error),
              [this] {
                  onOutputChanged();
              })
    , m_data(loop,
             std::move(channel),
             Link::ServiceToCaller,
             Greeting::AtOnce,
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
                         m_input.resume();
                     },
                 .onEnd =
                     [this](const Error &error) {
                         Log.warning("the connection ended before the exit status came: {}", error.text());
                         finish(error.code == Errc::PeerGone ? StatusConnectionLost : StatusLocalError);
                     },
             })
{
}

void CallerEnd::onReady()
{
    m_handlers.onReady();
    if (m_options.onlyStatus) {
        return;
    }
    if (!m_options.prefix.empty()) {
        m_data.sendStream<Input>(std::as_bytes(std::span(m_options.prefix)));
    }
    if (m_input.hasEnded()) {
        endInput();
    } else {
        m_input.resume();
    }
}

Result<void> CallerEnd::onMessage(const Header &header, std::span<const std::byte> body, ProtocolVersion version)
{
    BH_TRY(const FromService message, parseFromService(header, body, version));
    if (const auto *const exit = std::get_if<ExitCode>(&message)) {
        finish(exit->status);
    } else if (const auto *const output = std::get_if<Output>(&message)) {
        deliver(m_output, m_options.outputFilter, *output);
    } else if (const auto *const error = std::get_if<ErrorOutput>(&message)) {
        deliver(m_error, m_options.errorFilter, *error);
    }
    return {};
}

void CallerEnd::onInput(std::span<const std::byte> bytes)
{
    m_data.sendStream<Input>(bytes);
    if (m_data.link().pendingOut() > 0) {
        m_input.pause();
    }
}

void CallerEnd::endInput()
{
    if (!std::exchange(m_sentInputEnd, true)) {
        m_data.sendStream<Input>({});
    }
}

void CallerEnd::deliver(LocalOutput &output, Filter filter, const StreamData &data)
{
    if (data.isEnd()) {
        output.finish();
        return;
    }
    if (filter == Filter::Exact) {
        output.write(data.bytes);
    } else {
        std::vector<std::byte> safe(data.bytes.begin(), data.bytes.end());
        makeSafeForTerminals(safe);
        output.write(safe);
    }
    if (output.isCongested()) {
        m_data.link().pauseReading();
    }
}

void CallerEnd::onOutputChanged()
{
    if (m_status) {
        if (m_output.isClosed() && m_error.isClosed()) {
            m_handlers.onDone(*m_status);
        }
        return;
    }
    if (!m_output.isCongested() && !m_error.isCongested()) {
        m_data.link().resumeReading();
    }
}

void CallerEnd::finish(int status)
{
    if (m_status) {
        return;
    }
    m_input.close();
    if (!m_options.onlyStatus) {
        endInput();
    }
    m_data.link().close();
    m_status = status;
    if (m_output.isClosed() && m_error.isClosed()) {
        m_handlers.onDone(status);
        return;
    }
    m_output.finish();
    m_error.finish();
}

} // namespace Bulkhead::Qrexec
