// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminreply.h"

#include <QList>

namespace Bulkhead
{

namespace
{

AdminResult parseException(const QByteArray &body)
{
    // type NUL traceback NUL message NUL
    const QList<QByteArray> fields = body.split('\0');
    constexpr qsizetype fieldsAndTheEnd = 4;
    if (fields.size() < fieldsAndTheEnd || fields.first().isEmpty()) {
        return std::unexpected(badAnswerError());
    }
    return std::unexpected(exceptionError(fields.at(0), fields.at(2)));
}

} // namespace

AdminCall qubeCall(const QByteArray &method, const QString &qube, const QByteArray &argument, const QByteArray &payload)
{
    return {.method = method, .destination = qube.toLatin1(), .argument = argument, .payload = payload};
}

AdminCall systemCall(const QByteArray &method, const QByteArray &argument, const QByteArray &payload)
{
    return {.method = method, .destination = "dom0", .argument = argument, .payload = payload};
}

QByteArray buildRequest(const AdminCall &call)
{
    QByteArray request = call.method;
    if (!call.argument.isEmpty()) {
        request += '+' + call.argument;
    }
    request += " dom0 name " + call.destination;
    request += '\0';
    request += call.payload;
    return request;
}

AdminResult parseReply(const QByteArray &bytes)
{
    if (bytes.isEmpty()) {
        return std::unexpected(noAnswerError());
    }
    if (bytes.size() < 2 || bytes.at(1) != '\0') {
        return std::unexpected(badAnswerError());
    }
    switch (bytes.at(0)) {
    case '0':
        return bytes.sliced(2);
    case '2':
        return parseException(bytes.sliced(2));
    default:
        return std::unexpected(badAnswerError());
    }
}

} // namespace Bulkhead
