// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QWidget>

#include <cstdint>

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace Bulkhead
{

class InputGate;

/// The answers that a person has, and how long none of them is taken yet. None is a default.
class AnswerButtons : public QWidget
{
    Q_OBJECT

public:
    enum class First : std::uint8_t { Deny, DenyAll };

    explicit AnswerButtons(QWidget *parent);

    /// What most persons want of this caller stands first. Never while a question is on screen.
    void setOrder(First first);
    /// @param isChosen  there is a qube to allow it for
    void showGate(const InputGate &gate, bool isChosen);
    /// Where the keyboard stops in here, in order.
    [[nodiscard]] QList<QWidget *> stops() const;

Q_SIGNALS:
    void denyPressed();
    void denyAllPressed();
    void allowPressed();

private:
    void buildWait();
    void buildButtons();

    First m_first = First::Deny;
    QLabel *m_wait;
    QProgressBar *m_bar;
    QPushButton *m_deny;
    QPushButton *m_denyAll;
    QPushButton *m_allow;
    QHBoxLayout *m_buttons;
};

} // namespace Bulkhead
