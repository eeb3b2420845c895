// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/layerlimit.h"

#include <KLocalizedString>
#include <QAbstractButton>
#include <QAction>
#include <QMessageBox>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

LayerLimit::LayerLimit(QWidget *window)
    : QObject(window)
    , m_window(window)
{
}

template<typename Control> void LayerLimit::addAny(Control *control)
{
    const qsizetype number = m_layers.size();
    m_layers << Layer{.title =
                          [control] {
                              return KLocalizedString::removeAcceleratorMarker(control->text());
                          },
                      .isOn =
                          [control] {
                              return control->isChecked();
                          },
                      .turn =
                          [control](bool isOn) {
                              control->setChecked(isOn);
                          }};
    connect(control, &Control::toggled, this, [this, number](bool isOn) {
        if (isOn) {
            onTurnedOn(number);
        }
    });
}

void LayerLimit::add(QAbstractButton *control)
{
    addAny(control);
}

void LayerLimit::add(QAction *control)
{
    addAny(control);
}

void LayerLimit::onTurnedOn(qsizetype number)
{
    QList<qsizetype> others;
    for (qsizetype i = 0; i < m_layers.size(); ++i) {
        if (i != number && m_layers.at(i).isOn()) {
            others << i;
        }
    }
    if (others.size() >= Most) {
        m_layers.at(number).turn(false);
        ask(number, others);
    }
}

void LayerLimit::ask(qsizetype wanted, const QList<qsizetype> &others)
{
    const QString title = m_layers.at(wanted).title();
    auto *question = new QMessageBox(
        QMessageBox::Question,
        i18nc("@title:window", "Too Many Layers"),
        i18nc("@info %1 a layer's name",
              "Two layers are shown already, and a third would hide them. Which one makes room for “%1”?",
              title),
        QMessageBox::NoButton,
        m_window->window());
    question->setObjectName(u"topology.layers.question"_s);
    question->setTextFormat(Qt::PlainText);
    question->setAttribute(Qt::WA_DeleteOnClose);
    for (const qsizetype other : others) {
        const QString label = i18nc("@action:button %1 a layer's name", "Turn Off %1", m_layers.at(other).title());
        const QPushButton *button = question->addButton(label, QMessageBox::ActionRole);
        connect(button, &QPushButton::clicked, this, [this, wanted, other] {
            m_layers.at(other).turn(false);
            m_layers.at(wanted).turn(true);
        });
    }
    question->setDefaultButton(question->addButton(QMessageBox::Cancel));
    question->open();
}

} // namespace Bulkhead
