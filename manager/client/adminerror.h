// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <expected>

namespace Bulkhead
{

/// Why a call of the Admin API gave no value.
struct AdminError {
    enum class Kind : std::uint8_t {
        NotConnected, ///< nobody listens on the core's socket
        NoAnswer,     ///< closed without a byte: forbidden, malformed, or a failure inside the core
        BadAnswer,    ///< bytes that are no answer of this protocol
        Exception,    ///< the core said no and why
    };

    Kind kind = Kind::NoAnswer;
    QString type;  ///< the exception's class, only for Exception
    QString words; ///< one sentence a person can read

    friend bool operator==(const AdminError &, const AdminError &) = default;
};

using AdminResult = std::expected<QByteArray, AdminError>;

[[nodiscard]] AdminError notConnectedError();
[[nodiscard]] AdminError noAnswerError();
[[nodiscard]] AdminError badAnswerError();

/// Known classes without a message of their own get a sentence of ours; otherwise the core's message stands.
/// @param message  as sent, `%` doubled
/// @source spec admin-api 3.1, 4.2
[[nodiscard]] AdminError exceptionError(const QByteArray &type, const QByteArray &message);

} // namespace Bulkhead
