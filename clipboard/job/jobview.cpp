// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/job/jobview.h"

#include "base/formatted.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Job
{

namespace
{

constexpr const char *Server = "org.kde.JobViewServer";
constexpr const char *ServerPath = "/JobViewServer";
constexpr const char *ServerInterface = "org.kde.JobViewServerV2";
constexpr const char *ViewInterface = "org.kde.JobViewV3";
constexpr std::int32_t Killable = 1;            // KJob::Capability
constexpr std::uint32_t UserDefinedError = 100; // KJob::UserDefinedError

constexpr const char *Notifications = "org.freedesktop.Notifications";
constexpr const char *NotificationsPath = "/org/freedesktop/Notifications";
constexpr const char *CancelKey = "cancel";

constexpr const char *Icon = "document-send";
constexpr const char *DesktopEntry = "bulkhead-open"; ///< of the guest package
constexpr std::int32_t Persistent = 0;                ///< a notification that stays
constexpr std::int32_t ServersChoice = -1;            ///< one that goes when the desktop likes

} // namespace

Result<JobView> JobView::open(std::string_view busAddress, Subject subject)
{
    BH_TRY(BusConnection bus, BusConnection::open(busAddress));
    JobView view(std::move(bus), std::move(subject));
    if (auto opened = view.openPlasmas(); opened || opened.error().code != Errc::Refused) {
        return opened ? Result<JobView>(std::move(view)) : std::unexpected(std::move(opened).error());
    }
    if (auto opened = view.openNotification(); !opened) {
        return opened.error().code == Errc::Refused ? fail(Errc::NotFound, "this desktop shows no jobs")
                                                    : std::unexpected(std::move(opened).error());
    }
    return view;
}

Result<void> JobView::hear(const std::string &rule)
{
    return m_bus
        .call({.destination = "org.freedesktop.DBus",
               .path = "/org/freedesktop/DBus",
               .interface = "org.freedesktop.DBus",
               .member = "AddMatch",
               .arguments = {rule}})
        .transform([](const BusMessage & /*answer*/) { });
}

Result<void> JobView::openPlasmas()
{
    BH_TRY(const BusMessage answer,
           m_bus.call({.destination = Server,
                       .path = ServerPath,
                       .interface = ServerInterface,
                       .member = "requestView",
                       .arguments = {std::string(DesktopEntry),
                                     Killable,
                                     BusDictionary{{"title", m_subject.title}, {"immediate", true}}}}));
    const auto *const path = answer.arguments.empty() ? nullptr : std::get_if<std::string>(&answer.arguments.front());
    if (path == nullptr || path->empty()) {
        return fail(Errc::BadField, "the desktop named no job");
    }
    m_view = *path;
    BH_CHECK(hear(formatted("type='signal',interface='{}',member='cancelRequested',path='{}'", ViewInterface, m_view)));
    return show(0);
}

Result<void> JobView::openNotification()
{
    BH_CHECK(notify("To " + m_subject.target, 0, false));
    return hear(formatted("type='signal',interface='{}',member='ActionInvoked'", Notifications));
}

std::uint32_t JobView::percentOf(std::uint64_t bytes) const
{
    constexpr std::uint64_t Whole = 100;
    if (m_subject.total == 0) {
        return 0;
    }
    // A file may grow while it is sent.
    return static_cast<std::uint32_t>(std::min(bytes, m_subject.total) * Whole / m_subject.total);
}

Result<void> JobView::notify(const std::string &body, std::uint64_t bytes, bool isOver)
{
    BusDictionary hints{{"desktop-entry", std::string(DesktopEntry)}};
    if (!isOver) {
        hints.emplace_back("value", static_cast<std::int32_t>(percentOf(bytes)));
    }
    BH_TRY(const BusMessage answer,
           m_bus.call({.destination = Notifications,
                       .path = NotificationsPath,
                       .interface = Notifications,
                       .member = "Notify",
                       .arguments = {std::string("Bulkhead"),
                                     m_notification,
                                     std::string(Icon),
                                     m_subject.title,
                                     body,
                                     isOver ? BusStrings{} : BusStrings{CancelKey, "Cancel"},
                                     std::move(hints),
                                     isOver ? ServersChoice : Persistent}}));
    const auto *const number =
        answer.arguments.empty() ? nullptr : std::get_if<std::uint32_t>(&answer.arguments.front());
    m_notification = number != nullptr ? *number : 0;
    return {};
}

Result<void> JobView::show(std::uint64_t bytes)
{
    if (m_view.empty()) {
        return notify("To " + m_subject.target, bytes, false);
    }
    return m_bus
        .call({.destination = Server,
               .path = m_view,
               .interface = ViewInterface,
               .member = "update",
               .arguments = {BusDictionary{{"title", m_subject.title},
                                           {"descriptionLabel1", std::string("To")},
                                           {"descriptionValue1", m_subject.target},
                                           {"totalBytes", m_subject.total},
                                           {"processedBytes", bytes},
                                           {"percent", percentOf(bytes)}}}})
        .transform([](const BusMessage & /*answer*/) { });
}

Result<void> JobView::end(const std::string &words)
{
    if (m_view.empty()) {
        if (!words.empty()) {
            return notify(words, 0, true);
        }
        return m_bus
            .call({.destination = Notifications,
                   .path = NotificationsPath,
                   .interface = Notifications,
                   .member = "CloseNotification",
                   .arguments = {m_notification}})
            .transform([](const BusMessage & /*answer*/) { });
    }
    return m_bus
        .call({.destination = Server,
               .path = m_view,
               .interface = ViewInterface,
               .member = "terminate",
               .arguments = {words.empty() ? std::uint32_t{0} : UserDefinedError, words, BusDictionary{}}})
        .transform([](const BusMessage & /*answer*/) { });
}

Result<bool> JobView::isCancelled()
{
    for (;;) {
        BH_TRY(const auto heard, m_bus.next());
        if (!heard) {
            return false;
        }
        if (!m_view.empty() && heard->member == "cancelRequested" && heard->path == m_view) {
            return true;
        }
        using Argument = std::variant<std::string, std::uint32_t>;
        const std::vector<Argument> cancel{m_notification, std::string(CancelKey)};
        if (m_view.empty() && heard->member == "ActionInvoked" && heard->arguments == cancel) {
            return true;
        }
    }
}

} // namespace Bulkhead::Job
