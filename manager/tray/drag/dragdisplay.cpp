// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/dragdisplay.h"

#include <QGuiApplication>
#include <QLoggingCategory>
#include <QScreen>

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(dragLog, "bulkhead.tray.drag", QtInfoMsg)

constexpr int Margin = 12;

/// The X server counts in its pixels, widgets in the desktop's. A desktop on X has one scale.
QRect toLogical(const QRect &rect)
{
    const double scale = qGuiApp->devicePixelRatio();
    return scale == 1.0 ? rect : QRectF(rect.topLeft() / scale, QSizeF(rect.size()) / scale).toAlignedRect();
}

} // namespace

DragDisplay::DragDisplay(BlendingNow blending, QObject *parent)
    : QObject(parent)
    , m_blending(std::move(blending))
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &DragDisplay::onConnection);
    connect(this, &DragDisplay::acted, this, [this](const QByteArray &line) {
        if (m_peer != nullptr) {
            m_peer->write(line);
        }
    });
}

DragDisplay::~DragDisplay()
{
    for (const auto &bubble : std::as_const(m_bubbles)) {
        delete bubble;
    }
}

Result<void> DragDisplay::listen(const QString &path)
{
    QLocalServer::removeServer(path); // of a tray that was killed
    if (!m_server.listen(path)) {
        return fail(Errc::Io, m_server.errorString().toStdString());
    }
    return {};
}

void DragDisplay::onConnection()
{
    delete m_peer; // a new one takes the old one's place
    m_received.clear();
    show(DragHide{});
    m_peer = m_server.nextPendingConnection();
    connect(m_peer, &QLocalSocket::readyRead, this, &DragDisplay::onReadable);
    connect(m_peer, &QLocalSocket::disconnected, this, [this] {
        show(DragHide{}); // nobody says any more what lies where
    });
}

void DragDisplay::onReadable()
{
    m_received += m_peer->readAll();
    qsizetype end = m_received.indexOf('\n');
    for (; end >= 0; end = m_received.indexOf('\n')) {
        take(m_received.first(end));
        m_received.remove(0, end + 1);
    }
    if (m_received.size() > LongestLine) {
        qCWarning(dragLog, "a line that is too long");
        m_peer->abort();
    }
}

void DragDisplay::take(const QByteArray &line)
{
    const auto message = parseDragMessage(line);
    if (!message) {
        qCWarning(dragLog, "something is not drawn: %s", message.error().text().c_str());
        return;
    }
    std::visit(
        [this](const auto &m) {
            show(m);
        },
        *message);
}

void DragDisplay::show(const DragSheets &sheets)
{
    if (m_card == nullptr) {
        m_card = std::make_unique<PointerCard>();
    }
    m_card->setSource(sheets.source);
    std::set<quint64> present;
    for (DragSheet sheet : sheets.sheets) {
        const QRegion parts = std::exchange(sheet.parts, {});
        for (const QRect &part : parts) {
            sheet.parts += toLogical(part);
        }
        sheet.rect = toLogical(sheet.rect);
        present.insert(sheet.id);
        auto &widget = m_sheets[sheet.id];
        if (widget == nullptr) {
            widget = std::make_unique<SheetWidget>(sheet, m_blending());
            widget->show();
        } else if (widget->sheet() != sheet) {
            widget->setSheet(sheet);
        }
        widget->raise(); // what came meanwhile may lie on it
    }
    std::erase_if(m_sheets, [&present](const auto &entry) {
        return !present.contains(entry.first);
    });
    m_card->raise();
}

void DragDisplay::show(const DragPointer &pointer)
{
    if (m_card == nullptr) {
        return;
    }
    m_pointer = toLogical(QRect(pointer.place, QSize(1, 1))).topLeft();
    const auto found = m_sheets.find(pointer.sheet);
    const bool isOverSheet = pointer.over == DragOver::Qube && found != m_sheets.end();
    for (const auto &[id, sheet] : m_sheets) {
        sheet->setUnderPointer(isOverSheet && id == pointer.sheet);
    }
    m_card->setPointer(pointer, isOverSheet ? &found->second->sheet() : nullptr);
    m_card->moveBeside(m_pointer);
    if (!m_card->isVisible()) {
        m_card->show();
    }
}

void DragDisplay::show(const DragHide & /*hide*/)
{
    m_sheets.clear();
    m_card.reset();
}

void DragDisplay::show(const DragBubbleFacts &facts)
{
    DragBubble *const bubble = bubbleOf(facts.token);
    bubble->setFacts(facts);
    arrangeBubbles();
    bubble->show();
}

DragBubble *DragDisplay::bubbleOf(quint32 token)
{
    m_bubbles.removeIf([](const auto &bubble) {
        return bubble.isNull();
    });
    for (const auto &bubble : std::as_const(m_bubbles)) {
        if (bubble->token() == token) {
            return bubble;
        }
    }
    if (std::cmp_greater_equal(m_bubbles.size(), MostBubbles)) {
        delete m_bubbles.takeFirst();
    }
    auto *bubble = new DragBubble(token); // destroys itself when it is closed
    connect(bubble, &DragBubble::cancelled, this, [this](quint32 of) {
        Q_EMIT acted("cancel " + QByteArray::number(of) + '\n');
    });
    connect(bubble, &DragBubble::filesWanted, this, [this](quint32 of) {
        Q_EMIT acted("show " + QByteArray::number(of) + '\n');
    });
    m_bubbles << bubble;
    return bubble;
}

/// At the top, on the side where the pointer is not: the place of the drop stays in sight.
void DragDisplay::arrangeBubbles()
{
    const QScreen *const screen = QGuiApplication::primaryScreen();
    if (screen == nullptr) {
        return;
    }
    const QRect area = screen->availableGeometry().adjusted(Margin, Margin, -Margin, -Margin);
    const bool isPointerLeft = m_pointer.x() < area.center().x();
    int top = area.top();
    for (const auto &bubble : std::as_const(m_bubbles)) {
        if (!bubble.isNull()) {
            bubble->move(isPointerLeft ? area.right() - bubble->width() + 1 : area.left(), top);
            top += bubble->height() + Margin / 2;
        }
    }
}

QList<const SheetWidget *> DragDisplay::sheets() const
{
    QList<const SheetWidget *> all;
    for (const auto &[id, sheet] : m_sheets) {
        all << sheet.get();
    }
    return all;
}

const PointerCard *DragDisplay::card() const
{
    return m_card.get();
}

QList<DragBubble *> DragDisplay::bubbles() const
{
    QList<DragBubble *> all;
    for (const auto &bubble : m_bubbles) {
        if (!bubble.isNull()) {
            all << bubble.data();
        }
    }
    return all;
}

} // namespace Bulkhead
