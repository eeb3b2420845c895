// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/policyfileclient.h"

#include "manager/policylink/policyfilecall.h"

#include <utility>

namespace Bulkhead
{

namespace
{

bool holdsLine(const QByteArray &content, const QByteArray &line)
{
    return content.split('\n').contains(line);
}

} // namespace

PolicyFileClient::PolicyFileClient(QString socket, QString file, QObject *parent)
    : QObject(parent)
    , m_socket(std::move(socket))
    , m_file(std::move(file))
{
}

void PolicyFileClient::call(const QByteArray &service, const QByteArray &payload, OnReply onReply)
{
    auto *one = new PolicyFileCall(service + '+' + m_file.toLatin1(), payload, std::move(onReply), this);
    one->open(m_socket);
}

void PolicyFileClient::addLine(const QString &line, const QString &head, Done done)
{
    m_waiting.push_back({.line = line.toUtf8(), .head = head.toUtf8(), .done = std::move(done)});
    if (m_waiting.size() == 1) {
        addFirst();
    }
}

void PolicyFileClient::addFirst()
{
    call("policy.Get", {}, [this](const Result<QByteArray> &reply) {
        onContent(reply);
    });
}

void PolicyFileClient::onContent(const Result<QByteArray> &reply)
{
    const Addition &addition = m_waiting.front();
    if (!reply) {
        if (reply.error().code == Errc::NotFound) {
            replace("new", addition.head + addition.line + '\n');
        } else {
            endFirst(std::unexpected(reply.error()));
        }
        return;
    }
    const qsizetype end = reply->indexOf('\n');
    if (end < 0) {
        endFirst(fail(Errc::BadField, "the answer about the policy's file has no beginning"));
        return;
    }
    QByteArray content = reply->sliced(end + 1);
    if (holdsLine(content, addition.line)) {
        endFirst({});
        return;
    }
    if (!content.isEmpty() && !content.endsWith('\n')) {
        content += '\n';
    }
    replace(reply->first(end), content + addition.line + '\n');
}

void PolicyFileClient::replace(const QByteArray &token, const QByteArray &content)
{
    // Whoever changed the file meanwhile makes the token wrong: then nothing happens, and the person is told.
    call("policy.Replace", token + '\n' + content, [this](const Result<QByteArray> &reply) {
        endFirst(reply ? Result<void>() : std::unexpected(reply.error()));
    });
}

void PolicyFileClient::endFirst(const Result<void> &result)
{
    Done done = std::move(m_waiting.front().done);
    m_waiting.pop_front();
    if (!m_waiting.empty()) {
        addFirst();
    }
    done(result);
}

} // namespace Bulkhead
