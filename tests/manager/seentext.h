// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QAction>
#include <QLabel>
#include <QStringList>
#include <QTextDocument>
#include <QTextDocumentFragment>
#include <QWidget>

#include <utility>

namespace Bulkhead::Test
{

/// What a person sees of a text that Qt takes for HTML when it looks like it, as it does with tool tips.
[[nodiscard]] inline QString seenOf(const QString &text)
{
    return Qt::mightBeRichText(text) ? QTextDocumentFragment::fromHtml(text).toPlainText() : text;
}

/// Finds texts that hold a word and are not seen letter by letter.
class PlainTextCheck
{
public:
    /// @param core  a word without markup, @param whole  the hostile text around it
    PlainTextCheck(QString core, QString whole)
        : m_core(std::move(core))
        , m_whole(std::move(whole))
    {
    }

    void judge(const QString &where, const QString &seen)
    {
        if (seen.contains(m_core)) {
            ++m_found;
            if (!seen.contains(m_whole)) {
                m_wrong << QString(where + QStringLiteral(": ") + seen);
            }
        }
    }

    void judgeToolTips(const QAbstractItemModel &model, const QModelIndex &parent = {})
    {
        for (int row = 0; row < model.rowCount(parent); ++row) {
            for (int column = 0; column < model.columnCount(parent); ++column) {
                const QModelIndex index = model.index(row, column, parent);
                judge(QStringLiteral("tool tip"), seenOf(index.data(Qt::ToolTipRole).toString()));
                judge(QStringLiteral("item"), index.data(Qt::DisplayRole).toString()); // drawn as it is
            }
            judgeToolTips(model, model.index(row, 0, parent));
        }
    }

    /// Labels (messages are of them), tool tips and actions of a window.
    void judgeWidgets(const QWidget &window)
    {
        for (const auto *label : window.findChildren<QLabel *>()) {
            const bool isPlain = label->textFormat() == Qt::PlainText;
            judge(label->objectName(), isPlain ? label->text() : seenOf(label->text()));
        }
        for (const auto *widget : window.findChildren<QWidget *>()) {
            judge(widget->objectName(), seenOf(widget->toolTip()));
        }
        for (const auto *action : window.findChildren<QAction *>()) {
            judge(action->objectName(), seenOf(action->toolTip()));
            // In a menu `&` marks a key, and two are one.
            judge(action->objectName(), action->text().replace(QStringLiteral("&&"), QStringLiteral("&")));
        }
    }

    [[nodiscard]] int found() const noexcept
    {
        return m_found;
    }

    [[nodiscard]] const QStringList &wrong() const noexcept
    {
        return m_wrong;
    }

private:
    QString m_core;
    QString m_whole;
    int m_found = 0;
    QStringList m_wrong;
};

} // namespace Bulkhead::Test
