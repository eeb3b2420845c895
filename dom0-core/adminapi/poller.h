// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <QObject>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

class QSocketNotifier;

namespace Bulkhead::AdminApi
{

/// Readiness of many sockets through one epoll descriptor in Qt's loop. QSocketNotifier alone cannot tell a peer that
/// closed one direction from one that is gone, and that difference is what the protocol is made of.
class Poller : public QObject
{
    Q_OBJECT

public:
    /// @param events  EPOLLIN, EPOLLOUT, EPOLLHUP, …
    using Handler = std::function<void(std::uint32_t events)>;

    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<Poller>> create();
    ~Poller() override;

    /// Until forget(). EPOLLHUP and EPOLLERR are always reported. Level-triggered.
    /// @errors Io
    [[nodiscard]] Result<void> watch(int fd, std::uint32_t events, Handler handler);
    void change(int fd, std::uint32_t events);
    /// Before the descriptor is closed. Safe in any handler.
    void forget(int fd);

private:
    struct Watched {
        std::uint32_t generation;
        Handler handler;
    };

    explicit Poller(UniqueFd epoll);
    void dispatch();

    UniqueFd m_epoll;
    std::unique_ptr<QSocketNotifier> m_notifier;
    std::map<int, Watched> m_watched;
    std::uint32_t m_generation = 0; ///< tells a descriptor's number from an earlier use of it
};

} // namespace Bulkhead::AdminApi
