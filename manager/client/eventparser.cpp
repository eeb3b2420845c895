// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/eventparser.h"

#include <optional>

namespace Bulkhead
{

namespace
{

/// Walks over NUL-terminated fields.
class Fields
{
public:
    explicit Fields(const QByteArray &bytes, qsizetype from)
        : m_bytes(bytes)
        , m_at(from)
    {
    }

    std::optional<QString> next()
    {
        const qsizetype end = m_bytes.indexOf('\0', m_at);
        if (end < 0) {
            return std::nullopt;
        }
        QString field = QString::fromUtf8(m_bytes.constData() + m_at, end - m_at);
        m_at = end + 1;
        return field;
    }

    [[nodiscard]] qsizetype at() const
    {
        return m_at;
    }

private:
    const QByteArray &m_bytes;
    qsizetype m_at;
};

/// Reads the frame that begins at `start`; nothing if it is not whole yet. Moves `start` behind it.
std::optional<AdminEvent> takeFrame(const QByteArray &bytes, qsizetype &start)
{
    Fields fields(bytes, start + 2);
    const auto subject = fields.next();
    const auto name = subject ? fields.next() : std::nullopt;
    if (!name) {
        return std::nullopt;
    }
    AdminEvent event{.subject = *subject, .name = *name, .values = {}};
    for (;;) {
        const auto key = fields.next();
        if (!key) {
            return std::nullopt;
        }
        if (key->isEmpty()) {
            start = fields.at();
            return event;
        }
        const auto value = fields.next();
        if (!value) {
            return std::nullopt;
        }
        event.values.insert(*key, *value);
    }
}

} // namespace

Result<QList<AdminEvent>> EventParser::feed(const QByteArray &bytes)
{
    if (m_failed) {
        return fail(Errc::WrongState, "the event stream is broken already");
    }
    m_rest += bytes;
    QList<AdminEvent> events;
    qsizetype start = 0;
    while (m_rest.size() - start >= 2) {
        if (m_rest.at(start) != '1' || m_rest.at(start + 1) != '\0') {
            m_failed = true;
            return fail(Errc::BadField, "the event stream holds something that is no event");
        }
        auto event = takeFrame(m_rest, start);
        if (!event) {
            break;
        }
        events.push_back(*std::move(event));
    }
    m_rest.remove(0, start);
    if (m_rest.size() > MaxFrame) {
        m_failed = true;
        return fail(Errc::TooMuch, "an event is longer than the limit");
    }
    return events;
}

} // namespace Bulkhead
