// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/job/busconnection.h"

#include <cstdint>
#include <string>

namespace Bulkhead::Job
{

/// What is copied, in the words that the desktop shows.
struct Subject {
    std::string title;       ///< "Copying 3 files"
    std::string target;      ///< "work", or "another qube" where dom0 asks the person
    std::uint64_t total = 0; ///< bytes; 0: not known
};

/// A copy as the desktop shows it: as a job of Plasma's (org.kde.JobViewServer), or where there is none as a
/// notification with a bar (org.freedesktop.Notifications, hint `value`). Both with a way to cancel.
class JobView
{
public:
    /// @errors NotFound (the desktop shows neither), and as BusConnection
    [[nodiscard]] static Result<JobView> open(std::string_view busAddress, Subject subject);

    /// @errors as BusConnection
    [[nodiscard]] Result<void> show(std::uint64_t bytes);

    /// @param words  why it failed; empty: it did not
    /// @errors as BusConnection
    [[nodiscard]] Result<void> end(const std::string &words);

    /// Whether the person has cancelled. Does not wait.
    /// @errors as BusConnection
    [[nodiscard]] Result<bool> isCancelled();

    [[nodiscard]] int pollFd() const noexcept
    {
        return m_bus.pollFd();
    }

private:
    JobView(BusConnection bus, Subject subject)
        : m_bus(std::move(bus))
        , m_subject(std::move(subject))
    {
    }

    [[nodiscard]] Result<void> openPlasmas();
    [[nodiscard]] Result<void> openNotification();
    [[nodiscard]] Result<void> notify(const std::string &body, std::uint64_t bytes, bool isOver);
    [[nodiscard]] Result<void> hear(const std::string &rule);
    [[nodiscard]] std::uint32_t percentOf(std::uint64_t bytes) const;

    BusConnection m_bus;
    Subject m_subject;
    std::string m_view;               ///< the path of Plasma's job; empty: there is a notification
    std::uint32_t m_notification = 0; ///< its number
};

} // namespace Bulkhead::Job
