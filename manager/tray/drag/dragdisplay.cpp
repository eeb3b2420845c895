// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/dragdisplay.h"

#include "manager/tray/drag/bubbleplace.h"

#include <QCursor>
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
    for (const Placed &placed : std::as_const(m_bubbles)) {
        delete placed.bubble;
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
        Q_EMIT dragBegan();
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
    if (std::exchange(m_card, nullptr) != nullptr) {
        Q_EMIT dragEnded();
    }
}

void DragDisplay::tell(const DragBubbleFacts &facts)
{
    m_pointer = QCursor::pos();
    show(facts);
}

void DragDisplay::show(const DragBubbleFacts &facts)
{
    const Placed &placed = bubbleFor(facts);
    placed.bubble->setFacts(facts);
    place(placed);
    placed.bubble->show();
    if (facts.code == "copied"_L1 || facts.code == "handed-over"_L1) {
        Q_EMIT arrived(facts.target);
    }
}

DragDisplay::Placed &DragDisplay::bubbleFor(const DragBubbleFacts &facts)
{
    m_bubbles.removeIf([](const Placed &placed) {
        return placed.bubble.isNull();
    });
    for (Placed &placed : m_bubbles) {
        if (placed.bubble->token() == facts.token) {
            return placed;
        }
    }
    if (std::cmp_greater_equal(m_bubbles.size(), MostBubbles)) {
        delete m_bubbles.takeFirst().bubble;
    }
    auto *bubble = new DragBubble(facts.token); // destroys itself when it is closed
    connect(bubble, &DragBubble::cancelled, this, [this](quint32 of) {
        Q_EMIT acted("cancel " + QByteArray::number(of) + '\n');
    });
    connect(bubble, &DragBubble::filesWanted, this, [this](quint32 of) {
        Q_EMIT acted("show " + QByteArray::number(of) + '\n');
    });
    connect(bubble, &DragBubble::grown, this, [this, bubble] {
        const auto found = std::ranges::find_if(std::as_const(m_bubbles), [bubble](const Placed &placed) {
            return placed.bubble == bubble;
        });
        place(*found);
    });
    QList<QRect> windows;
    for (const QRect &window : facts.windows) {
        windows << toLogical(window);
    }
    m_bubbles << Placed{.bubble = bubble, .pointer = m_pointer, .windows = windows};
    return m_bubbles.last();
}

/// What was dragged from and onto stays in sight, and so do other bubbles.
void DragDisplay::place(const Placed &placed) const
{
    const QScreen *screen = QGuiApplication::screenAt(placed.pointer);
    screen = screen != nullptr ? screen : QGuiApplication::primaryScreen();
    if (screen == nullptr) {
        return;
    }
    QList<QRect> avoided = placed.windows;
    for (const Placed &other : m_bubbles) {
        if (!other.bubble.isNull() && other.bubble != placed.bubble && other.bubble->isVisible()) {
            avoided << other.bubble->geometry();
        }
    }
    const QRect area = screen->availableGeometry().adjusted(Margin, Margin, -Margin, -Margin);
    placed.bubble->move(bubblePlace(placed.bubble->size(), area, avoided, placed.pointer));
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
    for (const Placed &placed : m_bubbles) {
        if (!placed.bubble.isNull()) {
            all << placed.bubble.data();
        }
    }
    return all;
}

} // namespace Bulkhead
