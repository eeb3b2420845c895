// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "dom0-core/driver/xen/libxlheaders.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <cstdint>
#include <map>
#include <memory>

namespace Bulkhead
{

/// What libxl waits for, in Qt's loop: its descriptors and its deadlines. libxl is told of them from the loop alone,
/// never from within one of its own calls.
///
/// All descriptors hang on one of epoll, each as a duplicate, because libxl may ask twice for the same one and neither
/// epoll nor Qt takes that.
class LibxlLoop : public QObject
{
    Q_OBJECT

public:
    /// Registers with libxl: before anything else is asked of that context, which outlives nothing of this.
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<LibxlLoop>> create(libxl_ctx *context);
    ~LibxlLoop() override;

private:
    struct Descriptor {
        std::uint64_t serial = 0; ///< never used again: an address may be, within one turn of the loop
        UniqueFd duplicate;
        int fd = -1; ///< libxl's own number for it
        short events = 0;
        void *forLibxl = nullptr;
    };

    struct Deadline {
        std::unique_ptr<QTimer> timer;
        void *forLibxl = nullptr;
    };

    LibxlLoop(libxl_ctx *context, UniqueFd epoll);

    // libxl_osevent_hooks; `user` is this.
    static int onFdRegister(void *user, int fd, void **registration, short events, void *forLibxl);
    static int onFdModify(void *user, int fd, void **registration, short events);
    static void onFdDeregister(void *user, int fd, void *registration);
    static int onTimeoutRegister(void *user, void **registration, timeval when, void *forLibxl);
    static int onTimeoutModify(void *user, void **registration, timeval when);
    static void onTimeoutDeregister(void *user, void *registration);

    void deliver();
    void expire(Deadline *deadline);

    static const libxl_osevent_hooks Hooks;

    libxl_ctx *m_context;
    UniqueFd m_epoll;
    QSocketNotifier m_notifier;
    std::uint64_t m_lastSerial = 0;
    std::map<std::uint64_t, std::unique_ptr<Descriptor>> m_descriptors;
    std::map<void *, std::unique_ptr<Deadline>> m_deadlines;
};

} // namespace Bulkhead
