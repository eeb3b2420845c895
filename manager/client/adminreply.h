// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/adminerror.h"

#include <QByteArray>
#include <QString>

namespace Bulkhead
{

/// One call of the Admin API, from dom0.
struct AdminCall {
    QByteArray method; ///< "admin.vm.Start"
    QByteArray destination = "dom0";
    QByteArray argument; ///< what stands after the `+`; may be empty
    QByteArray payload;
};

[[nodiscard]] AdminCall qubeCall(const QByteArray &method,
                                 const QString &qube,
                                 const QByteArray &argument = {},
                                 const QByteArray &payload = {});
/// A call about the system as a whole.
[[nodiscard]] AdminCall
systemCall(const QByteArray &method, const QByteArray &argument = {}, const QByteArray &payload = {});

/// The bytes of one request.
/// @source spec admin-api 2
[[nodiscard]] QByteArray buildRequest(const AdminCall &call);

/// Reads a whole answer, everything until the core closed the connection. Pure.
/// @source spec admin-api 3
[[nodiscard]] AdminResult parseReply(const QByteArray &bytes);

} // namespace Bulkhead
