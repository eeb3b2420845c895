// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/datachannel/datalink.h"
#include "qrexec/datachannel/localinput.h"
#include "qrexec/datachannel/localoutput.h"
#include "qrexec/datachannel/outputfilter.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// Where the streams of a call go to and come from on the caller's side.
struct CallerStreams {
    StreamFd input;  ///< read here; where there is none, the service's input ends at once
    StreamFd output; ///< written here
    StreamFd error;  ///< written here
};

struct CallerOptions {
    Filter outputFilter = Filter::Exact;
    Filter errorFilter = Filter::Exact;
    std::string prefix;      ///< goes before the first byte of input
    bool onlyStatus = false; ///< JUST_EXEC: no stream is moved
};

/// The end of a data channel that called: input goes out; output, error output and the exit status come in.
class CallerEnd
{
public:
    struct Handlers {
        /// The other end is there.
        std::move_only_function<void()> onReady;
        /// Over: the exit status that came, StatusConnectionLost, or StatusLocalError where the peer broke the
        /// protocol. All that arrived was written, or its reader has gone. Called once; does not destroy this.
        std::move_only_function<void(int status)> onDone;
    };

    CallerEnd(EventLoop &loop,
              std::unique_ptr<Channel> channel,
              CallerStreams streams,
              CallerOptions options,
              Handlers handlers);

    /// @errors Io
    [[nodiscard]] Result<void> start()
    {
        return m_data.start();
    }

    [[nodiscard]] bool isReady() const noexcept
    {
        return m_data.isReady();
    }

    /// What goes to the service is read from there, after what has come from where it was read so far.
    void moveInputTo(StreamFd fd)
    {
        m_input.moveTo(std::move(fd));
    }

private:
    void onReady();
    [[nodiscard]] Result<void>
    onMessage(const Header &header, std::span<const std::byte> body, ProtocolVersion version);
    void onInput(std::span<const std::byte> bytes);
    void endInput();
    void deliver(LocalOutput &output, Filter filter, const StreamData &data);
    void onOutputChanged();
    void finish(int status);

    CallerOptions m_options;
    Handlers m_handlers;
    LocalInput m_input;
    LocalOutput m_output;
    LocalOutput m_error;
    std::optional<int> m_status;
    bool m_sentInputEnd = false;
    DataLink m_data;
};

} // namespace Bulkhead::Qrexec
