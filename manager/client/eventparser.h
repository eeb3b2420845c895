// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>

namespace Bulkhead
{

/// One event of the core.
struct AdminEvent {
    QString subject; ///< a qube's name; empty: the system as a whole
    QString name;    ///< "domain-start", "property-set:label"
    QHash<QString, QString> values;

    friend bool operator==(const AdminEvent &, const AdminEvent &) = default;
};

/// Cuts the event stream into events, however its bytes arrive. Pure; after an error it stays in error.
/// @source spec admin-api 3.2
class EventParser
{
public:
    /// No event the core sends comes near; bounds what an endless frame can take.
    static constexpr qsizetype MaxFrame = qsizetype{1024} * 1024;

    /// Takes the next bytes and returns what is complete by now, in order.
    /// @errors BadField (no event frame), TooMuch (a frame over MaxFrame)
    [[nodiscard]] Result<QList<AdminEvent>> feed(const QByteArray &bytes);

private:
    QByteArray m_rest; ///< begins at a frame's first byte
    bool m_failed = false;
};

} // namespace Bulkhead
