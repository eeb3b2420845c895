// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "clipboard/files/callprogram.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Drag
{

/// A program whose output is read line by line, beside the loop's other work. Destroying it ends the program.
class ChildText
{
public:
    struct Handlers {
        std::function<void(std::string_view line)> onLine;
        std::move_only_function<void(int status)> onEnd; ///< called once; may destroy this
    };

    /// @param words  the program, searched in PATH, and its arguments; its input ends at once
    /// @errors NotFound, Io
    [[nodiscard]] static Result<std::unique_ptr<ChildText>>
    start(EventLoop &loop, const std::vector<std::string> &words, Handlers handlers);

    ChildText(const ChildText &) = delete;
    ChildText &operator=(const ChildText &) = delete;
    ~ChildText() = default;

private:
    ChildText(FileCopy::CallProgram program, Handlers handlers);

    void onReadable();
    void takeLines();

    FileCopy::CallProgram m_program;
    UniqueFd m_output;
    Handlers m_handlers;
    std::string m_text; ///< of a line that is not whole
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Drag
