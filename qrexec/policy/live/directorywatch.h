// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace Bulkhead::Qrexec
{

/// Says when something in one of many directories is created, written, renamed or removed. A directory that is not
/// there is watched for in the nearest one above it that is.
class DirectoryWatch
{
public:
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<DirectoryWatch>> create(EventLoop &loop,
                                                                        std::move_only_function<void()> onChange);

    DirectoryWatch(const DirectoryWatch &) = delete;
    DirectoryWatch &operator=(const DirectoryWatch &) = delete;
    ~DirectoryWatch() = default;

    /// These, and no others any more. What changes after this returns is told.
    /// @errors Io (one of them cannot be watched: then a change may go unnoticed)
    [[nodiscard]] Result<void> watch(const std::set<std::string> &directories);

private:
    DirectoryWatch(UniqueFd inotify, std::move_only_function<void()> onChange);

    void onReadable();

    UniqueFd m_inotify;
    std::move_only_function<void()> m_onChange;
    std::map<std::string, int> m_watches;
    EventLoop::Handle m_handle;
};

} // namespace Bulkhead::Qrexec
