// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QAbstractNativeEventFilter>
#include <QObject>
#include <QTimer>

#include <cstdint>

namespace Bulkhead
{

/// Hears that a program of dom0's drags files: it takes X's selection of drags (XDND), and a button of the pointer is
/// down. Nothing of what is dragged is read but which types it is offered in.
class DragWatch : public QObject, public QAbstractNativeEventFilter
{
    Q_OBJECT

public:
    explicit DragWatch(QObject *parent = nullptr);
    ~DragWatch() override;
    DragWatch(const DragWatch &) = delete;
    DragWatch &operator=(const DragWatch &) = delete;

    bool nativeEventFilter(const QByteArray &type, void *message, qintptr *result) override;

Q_SIGNALS:
    void began();
    void ended();

private:
    void look();
    [[nodiscard]] bool isButtonDown() const;
    /// A program that offers more than three types lists them; of one that does not it is not known.
    [[nodiscard]] bool mayBeFiles() const;

    std::uint8_t m_firstEvent = 0; ///< of XFixes; 0: there is none
    std::uint32_t m_selection = 0; ///< atoms
    std::uint32_t m_typeList = 0;
    std::uint32_t m_uriList = 0;
    std::uint32_t m_owner = 0; ///< the window of the program that drags
    bool m_isTold = false;
    QTimer m_pulse; ///< while a button is down
};

} // namespace Bulkhead
