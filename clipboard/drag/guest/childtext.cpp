// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/childtext.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

/// A line of ours is a number.
constexpr std::size_t LongestLine = 256;
/// A program that has closed its output ends.
constexpr std::chrono::seconds LongestEnd{2};
constexpr int StatusUnknown = 255;

} // namespace

Result<std::unique_ptr<ChildText>>
ChildText::start(EventLoop &loop, const std::vector<std::string> &words, Handlers handlers)
{
    BH_TRY(auto program, FileCopy::CallProgram::start(words));
    std::unique_ptr<ChildText> child(new ChildText(std::move(program), std::move(handlers)));
    if (::fcntl(child->m_output.get(), F_SETFL, O_NONBLOCK) != 0) {
        return failErrno(errno, "reading what a program says");
    }
    BH_TRY(child->m_watch, loop.watch(child->m_output.get(), Readiness::Read, [&self = *child] {
        self.onReadable();
    }));
    return child;
}

ChildText::ChildText(FileCopy::CallProgram program, Handlers handlers)
    : m_program(std::move(program))
    , m_output(std::move(m_program.output))
    , m_handlers(std::move(handlers))
{
    m_program.input.reset();
}

void ChildText::onReadable()
{
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(m_output.get(), buffer.data(), buffer.size());
    if (size > 0) {
        m_text.append(buffer.data(), static_cast<std::size_t>(size));
        takeLines();
        return;
    }
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    m_watch.reset();
    const int status = m_program.wait(LongestEnd).value_or(StatusUnknown);
    auto tell = std::move(m_handlers.onEnd); // it may destroy this
    tell(status);
}

void ChildText::takeLines()
{
    for (std::size_t end = m_text.find('\n'); end != std::string::npos; end = m_text.find('\n')) {
        const std::string line = m_text.substr(0, end);
        m_text.erase(0, end + 1);
        m_handlers.onLine(line);
    }
    if (m_text.size() > LongestLine) {
        m_text.clear();
    }
}

} // namespace Bulkhead::Drag
