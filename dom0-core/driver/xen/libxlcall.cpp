// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/libxlcall.h"

#include <QPointer>
#include <QTimer>

#include <memory>
#include <utility>

namespace Bulkhead
{

namespace
{

struct Pending {
    QPointer<QObject> context;
    std::move_only_function<void(int)> done;
};

void tellLater(std::unique_ptr<Pending> pending, int code)
{
    if (!pending->context) {
        return;
    }
    QObject *const context = pending->context;
    // Shared, because Qt copies what it queues.
    QTimer::singleShot(0, context, [shared = std::make_shared<Pending>(std::move(*pending)), code] {
        shared->done(code);
    });
}

void complete(libxl_ctx *, int code, void *forCallback)
{
    tellLater(std::unique_ptr<Pending>(static_cast<Pending *>(forCallback)), code);
}

} // namespace

void startLibxlCall(QObject *context,
                    std::move_only_function<int(const libxl_asyncop_how *)> start,
                    std::move_only_function<void(int)> done)
{
    auto pending = std::make_unique<Pending>(Pending{.context = context, .done = std::move(done)});
    libxl_asyncop_how how{};
    how.callback = complete;
    how.u.for_callback = pending.get();
    // From here on it is libxl's, which may be done with it before it returns.
    Pending *const raw = pending.release();
    if (const int code = start(&how); code != 0) {
        tellLater(std::unique_ptr<Pending>(raw), code); // it never started, so libxl will not call back
    }
}

} // namespace Bulkhead
