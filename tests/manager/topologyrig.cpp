// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/manager/topologyrig.h"

#include "manager/models/qubemodel.h"
#include "tests/manager/networks.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QTest>

// KConfig keeps one small object for the process and never frees it.
extern "C" const char *__lsan_default_suppressions(); // NOLINT: the runtime's name

extern "C" const char *__lsan_default_suppressions() // NOLINT
{
    return "leak:libKF6ConfigCore\nleak:libfontconfig";
}

using namespace Qt::StringLiterals;

namespace Bulkhead::Test
{

TopologyRig::TopologyRig() = default;

TopologyRig::~TopologyRig() = default;

void TopologyRig::build()
{
    m_page.reset();
    m_model.reset();
    m_source = std::make_unique<FakeSource>();
    m_model = std::make_unique<QubeModel>(m_source.get());
    m_page = std::make_unique<TopologyPage>(m_source.get(), m_model.get(), m_folder.filePath(u"topology.json"_s));
    m_page->resize(1000, 640);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
}

void TopologyRig::init()
{
    QFile::remove(m_folder.filePath(u"topology.json"_s));
    build();
    m_source->load(smallNetwork());
}

void TopologyRig::cleanup()
{
    m_page.reset();
    m_model.reset();
    m_source.reset();
}

void TopologyRig::press(Qt::Key key, Qt::KeyboardModifiers modifiers) const
{
    QTest::keyClick(m_page->view(), key, modifiers);
}

QDialog *TopologyRig::sheet() const
{
    for (auto *dialog : m_page->findChildren<QDialog *>(u"preview"_s)) {
        if (dialog->isVisible()) {
            return dialog;
        }
    }
    return nullptr;
}

void TopologyRig::applySheet() const
{
    QVERIFY(sheet() != nullptr);
    sheet()->findChild<QPushButton *>(u"preview.apply"_s)->click();
}

void TopologyRig::dress(int count, bool isDark, bool isMirrored)
{
    cleanup();
    QFile::remove(m_folder.filePath(u"topology.json"_s));
    QApplication::setPalette(isDark ? QPalette(QColor(0x31, 0x36, 0x3b), QColor(0x23, 0x26, 0x29))
                                    : QPalette(QColor(0xef, 0xf0, 0xf1), QColor(0xfc, 0xfc, 0xfc)));
    build();
    m_page->setLayoutDirection(isMirrored ? Qt::RightToLeft : Qt::LeftToRight);
    m_page->resize(1180, 760);
    m_source->load(count == 8 ? smallNetwork() : network(count));
}

void TopologyRig::keepPicture(const QString &name, QWidget *widget) const
{
    QVERIFY(QDir().mkpath(QStringLiteral(TOPOLOGY_PICTURES)));
    const QPixmap picture = (widget != nullptr ? widget : m_page.get())->grab();
    const QString scale = picture.devicePixelRatio() > 1 ? u"-%1"_s.arg(100 * picture.devicePixelRatio()) : QString();
    QVERIFY(picture.save(QStringLiteral(TOPOLOGY_PICTURES) + u'/' + name + scale + u".png"_s));
}

QStringList TopologyRig::cutOff() const
{
    QStringList names;
    for (const auto *label : m_page->findChildren<QLabel *>()) {
        const int needed = label->wordWrap() ? label->heightForWidth(label->width()) : label->sizeHint().height();
        if (label->isVisible()
            && (label->height() < needed || (!label->wordWrap() && label->width() < label->sizeHint().width()))) {
            names << label->objectName() + u": "_s + label->text();
        }
    }
    for (const auto *button : m_page->findChildren<QAbstractButton *>()) {
        if (button->isVisible() && button->objectName().contains(u'.')
            && (button->width() < button->minimumSizeHint().width()
                || !button->window()->rect().contains(
                    QRect(button->mapTo(button->window(), QPoint()), button->size())))) {
            names << button->objectName() + u": "_s + button->text();
        }
    }
    return names;
}

QString TopologyRig::current() const
{
    return m_page->view()->current().value_or(u"(none)"_s);
}

void TopologyRig::accept(const QString &qube, const QString &netQube) const
{
    m_source->answer();
    for (QubeInfo info : m_source->list) {
        if (info.name == qube) {
            info.netQube = netQube;
            m_source->change(info);
            return;
        }
    }
}

} // namespace Bulkhead::Test
