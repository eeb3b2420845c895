// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/topologypage.h"
#include "tests/manager/fakesource.h"

#include <QTemporaryDir>

#include <memory>

class QDialog;

namespace Bulkhead
{
class QubeModel;
}

namespace Bulkhead::Test
{

/// What tests of the network's page have in common: a page over the small network, fresh for each test, and hands for
/// it.
class TopologyRig : public QObject
{
    Q_OBJECT

public:
    TopologyRig();
    ~TopologyRig() override;

private Q_SLOTS:
    void init();
    void cleanup();

protected:
    /// A new page over the same kept places, without qubes.
    void build();
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const;
    [[nodiscard]] QDialog *sheet() const; ///< the preview that is open, or nothing
    void applySheet() const;
    [[nodiscard]] QString current() const;
    /// The page of a light or dark desktop, in either direction, with as many qubes; fresh, and not larger than a
    /// window.
    void dress(int count, bool isDark, bool isMirrored);
    /// Saves what a person sees of it for somebody to look at.
    /// @param widget  the page, if there is none
    void keepPicture(const QString &name, QWidget *widget = nullptr) const;
    /// Labels and buttons in sight that have less room than their words need.
    [[nodiscard]] QStringList cutOff() const;
    /// The core says yes to the oldest deed, and tells of it.
    void accept(const QString &qube, const QString &netQube) const;

    template<typename Widget> [[nodiscard]] Widget *child(const QString &name) const
    {
        return m_page->findChild<Widget *>(name);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<FakeSource> m_source;
    std::unique_ptr<QubeModel> m_model;
    std::unique_ptr<TopologyPage> m_page;
};

} // namespace Bulkhead::Test
