// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/previewsheet.h"

#include "manager/topology/networkwords.h"

#include <KLocalizedString>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QIcon>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QVBoxLayout>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// More paths than this are counted, not listed.
constexpr qsizetype mostPaths = 12;

QLabel *makeLabel(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

void addLines(QGridLayout *grid,
              const QStringList &lines,
              const QString &iconName,
              const QString &objectName,
              const QString &role)
{
    for (const QString &line : lines) {
        const int row = grid->rowCount();
        auto *icon = new QLabel(grid->parentWidget());
        const int size = icon->style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, icon);
        icon->setPixmap(QIcon::fromTheme(iconName).pixmap(size));
        icon->setAccessibleName(role);
        QLabel *text = makeLabel(line, grid->parentWidget());
        text->setObjectName(objectName);
        grid->addWidget(icon, row, 0, Qt::AlignTop);
        grid->addWidget(text, row, 1, 1, 2);
    }
}

void addPaths(QGridLayout *grid, const QList<PathChange> &paths)
{
    QWidget *parent = grid->parentWidget();
    for (const PathChange &path : paths.first(std::min(paths.size(), mostPaths))) {
        for (const auto &[title, chain] : {std::pair{i18nc("@label a path before a change", "Before:"), path.before},
                                           std::pair{i18nc("@label a path after a change", "After:"), path.after}}) {
            const int row = grid->rowCount();
            grid->addWidget(makeLabel(title, parent), row, 1, Qt::AlignTop);
            QLabel *words = makeLabel(chainWords(chain), parent);
            words->setObjectName(u"preview.path"_s);
            grid->addWidget(words, row, 2);
        }
    }
    if (paths.size() > mostPaths) {
        grid->addWidget(
            makeLabel(
                i18ncp("@info paths that are not listed", "and one more", "and %1 more", paths.size() - mostPaths),
                parent),
            grid->rowCount(),
            1,
            1,
            2);
    }
}

} // namespace

PreviewSheet::PreviewSheet(const QString &title,
                           const ChangePreview &preview,
                           const QString &note,
                           const QStringList &problems,
                           QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"preview"_s);
    setWindowTitle(i18nc("@title:window", "Change Network"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *layout = new QVBoxLayout(this);
    QLabel *heading = makeLabel(title, this);
    heading->setObjectName(u"preview.title"_s);
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    layout->addWidget(heading);
    if (!note.isEmpty()) {
        QLabel *more = makeLabel(note, this);
        more->setObjectName(u"preview.note"_s);
        layout->addWidget(more);
    }

    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto *content = new QWidget(scroll);
    auto *grid = new QGridLayout(content);
    grid->setColumnStretch(2, 1);
    addPaths(grid, preview.paths);
    addLines(grid,
             problems,
             u"dialog-error"_s,
             u"preview.problem"_s,
             i18nc("@info:accessible before a line", "Not possible"));
    addLines(grid,
             preview.warnings,
             u"dialog-warning"_s,
             u"preview.warning"_s,
             i18nc("@info:accessible before a line", "Warning"));
    addLines(grid,
             preview.effects,
             u"dialog-information"_s,
             u"preview.effect"_s,
             i18nc("@info:accessible before a line", "Effect"));
    grid->setRowStretch(grid->rowCount(), 1);
    scroll->setWidget(content);
    layout->addWidget(scroll, 1);

    auto *buttons = new QDialogButtonBox(this);
    QPushButton *apply = buttons->addButton(i18nc("@action:button", "Apply"), QDialogButtonBox::AcceptRole);
    QPushButton *cancel = buttons->addButton(QDialogButtonBox::Cancel);
    apply->setObjectName(u"preview.apply"_s);
    apply->setIcon(QIcon::fromTheme(u"dialog-ok-apply"_s));
    cancel->setObjectName(u"preview.cancel"_s);
    apply->setEnabled(problems.isEmpty());
    apply->setAutoDefault(false);
    cancel->setAutoDefault(false);
    if (preview.warnings.isEmpty() && problems.isEmpty()) {
        apply->setDefault(true);
        apply->setFocus();
    } else {
        cancel->setDefault(true); // Return alone changes nothing
        cancel->setFocus();
    }
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
    resize(sizeHint().expandedTo(QSize(460, 240)));
}

} // namespace Bulkhead
