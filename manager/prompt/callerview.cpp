// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/callerview.h"

#include "manager/client/qubesource.h"
#include "manager/delegates/labelmark.h"
#include "manager/models/qubewords.h"
#include "manager/prompt/plainwords.h"
#include "manager/targets/targetmodel.h"

#include <KLocalizedString>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int MarkSize = 48;
constexpr int Gap = 12;

} // namespace

CallerView::CallerView(QubeSource *source, QWidget *parent)
    : QWidget(parent)
    , m_source(source)
    , m_mark(new QLabel(this))
    , m_name(makePlainLabel(u"prompt.caller"_s, this))
    , m_kind(makePlainLabel(u"prompt.kind"_s, this))
{
    QFont big = m_name->font();
    big.setPointSizeF(big.pointSizeF() * 1.4);
    big.setBold(true);
    m_name->setFont(big);
    m_mark->setObjectName(u"prompt.mark"_s);
    m_mark->setFixedSize(MarkSize, MarkSize);

    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(m_name);
    words->addWidget(m_kind);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Gap);
    layout->addWidget(m_mark, 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    connect(source, &QubeSource::qubeChanged, this, &CallerView::showCaller);
    connect(source, &QubeSource::labelsChanged, this, &CallerView::showCaller);
    connect(source, &QubeSource::loaded, this, &CallerView::showCaller);
}

void CallerView::setCaller(const QString &name)
{
    m_caller = name;
    m_mark->clear();
    showCaller();
}

void CallerView::showCaller()
{
    if (m_caller.isEmpty() || m_source == nullptr) {
        return;
    }
    const QubeInfo qube = qubeNamed(*m_source, m_caller);
    const LabelInfo label = labelNamed(m_source->labels(), qube.label);
    const QPixmap mark = markPixmap(markFor(label, badgeFor(qube)), MarkSize, devicePixelRatioF());
    const bool isOther = m_mark->pixmap().isNull() || m_mark->pixmap().toImage() != mark.toImage();
    m_mark->setPixmap(mark);
    m_mark->setAccessibleName(i18nc("@info %1 name of a label", "Label %1", qube.label));
    m_name->setText(qube.name);
    m_kind->setText(qube.className.isEmpty() ? i18nc("@info", "The core does not tell more about this qube.")
                                             : descriptionOf(qube, label));
    if (isOther) {
        Q_EMIT looksOtherwise();
    }
}

void CallerView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        showCaller(); // the mark is painted in the scheme's colours
    }
}

} // namespace Bulkhead
