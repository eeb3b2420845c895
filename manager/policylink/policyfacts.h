// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <QObject>
#include <QSet>
#include <QString>

namespace Bulkhead
{

/// The policy as it is in force, and what it needs to know of the qubes, for those who show what it would say. The
/// windows know nothing else of it: PolicyReader is the real one, tests bring their own. Main thread.
class PolicyFacts : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Whether this one looks, who says so before it goes. Nothing is read and nothing is watched for nobody.
    void follow(const void *who, bool isFollowed)
    {
        const bool wasFollowed = !m_followers.isEmpty();
        isFollowed ? void(m_followers.insert(who)) : void(m_followers.remove(who));
        if (wasFollowed != !m_followers.isEmpty()) {
            setFollowed(!wasFollowed);
        }
    }

    /// A qube came, went, or has another tag, state or property: what is known of them is read again.
    virtual void onQubesChanged() = 0;

    /// Nothing until the first whole reading, and while the policy cannot be read. Valid until changed().
    [[nodiscard]] virtual const Policy::Rules *rules() const = 0;
    [[nodiscard]] virtual const Policy::SystemInfo &qubes() const = 0;
    /// Why there are no rules, or what of them is not known: a sentence for a person. Empty: all is well.
    [[nodiscard]] virtual QString problem() const = 0;

Q_SIGNALS:
    /// Any of the three is another one.
    void changed();

protected:
    /// The first one looks, or the last one does no longer.
    virtual void setFollowed(bool isFollowed) = 0;

private:
    QSet<const void *> m_followers;
};

} // namespace Bulkhead
