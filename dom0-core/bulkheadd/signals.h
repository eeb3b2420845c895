// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <QObject>

#include <memory>

class QSocketNotifier;

namespace Bulkhead
{

/// SIGTERM and SIGINT as a signal of Qt. Made before any thread, so that all of them have both blocked.
class StopSignals : public QObject
{
    Q_OBJECT

public:
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<StopSignals>> create();
    ~StopSignals() override;

Q_SIGNALS:
    void stopRequested();

private:
    explicit StopSignals(UniqueFd fd);

    UniqueFd m_fd;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace Bulkhead
