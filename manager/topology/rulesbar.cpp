// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/rulesbar.h"

#include "manager/topology/legendsample.h"
#include "manager/topology/rulelook.h"

#include <KLocalizedString>
#include <QAccessible>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

LegendSample::Draw drawingOf(Policy::Verdict verdict)
{
    return [verdict](QPainter &painter, const QPainterPath &path, const PictureStyle &style) {
        RuleLook look;
        look.forth = verdict;
        drawRule(painter, path, look, style);
    };
}

} // namespace

RulesBar::RulesBar(QWidget *parent)
    : QWidget(parent)
    , m_service(new QComboBox(this))
    , m_denied(new QCheckBox(i18nc("@option:check draw calls that are denied, too", "Denied, too"), this))
    , m_summary(new QLabel(this))
{
    setObjectName(u"topology.rules"_s);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(8, 2, 8, 4);
    all->setSpacing(2);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    all->addLayout(row);
    auto *caption = new QLabel(i18nc("@label:listbox which service the arrows are about", "Rules for:"), this);
    caption->setBuddy(m_service);
    row->addWidget(caption);
    addServices();
    row->addWidget(m_service);
    m_denied->setObjectName(u"topology.rules.denied"_s);
    m_denied->setToolTip(i18nc("@info:tooltip", "Draw the calls that are denied, too"));
    connect(m_denied, &QCheckBox::toggled, this, &RulesBar::deniedToggled);
    row->addWidget(m_denied);
    row->addStretch(1);
    for (const Policy::Verdict verdict : {Policy::Verdict::Allow, Policy::Verdict::Ask, Policy::Verdict::Deny}) {
        row->addWidget(new LegendSample(drawingOf(verdict), verdictWord(verdict), this));
    }
    m_summary->setObjectName(u"topology.rules.summary"_s);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_summary->setText(u" "_s);
    all->addWidget(m_summary);
}

void RulesBar::addServices()
{
    m_service->setObjectName(u"topology.rules.service"_s);
    m_service->setAccessibleName(i18nc("@label:listbox", "Rules for service"));
    m_service->setToolTip(i18nc("@info:tooltip", "Choose what the arrows are about, or type the name of any service"));
    m_service->addItem(i18nc("@item:inlistbox a service", "Copy Files"), u"qubes.Filecopy"_s);
    m_service->addItem(i18nc("@item:inlistbox a service", "Clipboard"), u"qubes.ClipboardPaste"_s);
    m_service->addItem(i18nc("@item:inlistbox a service", "Open Files"), u"qubes.OpenInVM"_s);
    m_service->addItem(i18nc("@item:inlistbox a service", "Open Links"), u"qubes.OpenURL"_s);
    m_service->addItem(i18nc("@item:inlistbox a service", "Run Commands"), u"qubes.VMShell"_s);
    m_service->setEditable(true);
    m_service->setInsertPolicy(QComboBox::NoInsert);
    m_service->setMinimumContentsLength(18);
    m_service->lineEdit()->setPlaceholderText(i18nc("@info:placeholder", "Name of a service"));
    // Names of the list may have blanks and letters of any language; what is none of them must be a service's name.
    connect(m_service, &QComboBox::activated, this, [this] {
        Q_EMIT serviceChanged(service());
    });
    connect(m_service->lineEdit(), &QLineEdit::editingFinished, this, [this] {
        Q_EMIT serviceChanged(service());
    });
}

QString RulesBar::service() const
{
    const QString text = m_service->currentText().trimmed();
    if (const int row = m_service->findText(text); row >= 0) {
        return m_service->itemData(row).toString();
    }
    static const QRegularExpression name(u"^[A-Za-z0-9._-]+(\\+[A-Za-z0-9._+-]*)?$"_s);
    return name.match(text).hasMatch() ? text : QString();
}

void RulesBar::setSummary(const QString &text)
{
    if (m_summary->text() != text) {
        m_summary->setText(text.isEmpty() ? u" "_s : text);
        QAccessibleAnnouncementEvent said(this, text);
        QAccessible::updateAccessibility(&said);
    }
}

} // namespace Bulkhead
