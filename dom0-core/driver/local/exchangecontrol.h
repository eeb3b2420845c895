// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <QObject>

#include <filesystem>
#include <functional>
#include <vector>

namespace Bulkhead
{

/// Tells bulkhead-exchange which domains there are, over its control socket: one line there, one line back. A
/// connection a request, so that an exchange that was restarted is no special case. Main thread only.
class ExchangeControl : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void(Result<void>)>;

    /// @param directory  the exchange's, with `control` in it
    ExchangeControl(std::filesystem::path directory, QObject *parent);

    /// The folder that holds a domain's own socket once it was added.
    [[nodiscard]] std::filesystem::path directoryOf(DomId domain) const;
    /// Those that were added and not removed, in whatever life of ours.
    [[nodiscard]] std::vector<DomId> domains() const;

    /// @errors Driver (it refused or is not there), TimedOut
    void add(DomId domain, Done done);
    void remove(DomId domain, Done done);

private:
    void request(const QByteArray &line, Done done);

    std::filesystem::path m_directory;
};

} // namespace Bulkhead
