// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QString>

#include <functional>

class QAbstractButton;
class QAction;
class QWidget;

namespace Bulkhead
{

/// Sees to it that no more layers are on than can be told apart: one too many asks which of the others is to be turned
/// off, and stays off itself until that is answered (spec ui 7.3).
class LayerLimit : public QObject
{
    Q_OBJECT

public:
    static constexpr qsizetype Most = 2;

    /// @param window  over which it asks; outlives this
    explicit LayerLimit(QWidget *window);

    /// A layer's switch, by the words on it. Outlives this.
    void add(QAbstractButton *control);
    void add(QAction *control);

private:
    struct Layer {
        std::function<QString()> title;
        std::function<bool()> isOn;
        std::function<void(bool)> turn;
    };

    template<typename Control> void addAny(Control *control);
    void onTurnedOn(qsizetype number);
    void ask(qsizetype wanted, const QList<qsizetype> &others);

    QWidget *m_window;
    QList<Layer> m_layers;
};

} // namespace Bulkhead
