// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/policylink/policyfacts.h"
#include "tests/qrexec/policyrig.h"

#include <optional>

namespace Bulkhead::Test
{

/// A policy that a test writes by hand, in the file `30-user.policy`. It knows the qubes that it is told of.
class FakePolicy : public PolicyFacts
{
    Q_OBJECT

public:
    using PolicyFacts::PolicyFacts;

    void follow(bool isFollowed) override
    {
        isWatched = isFollowed;
    }

    void onQubesChanged() override
    {
        ++looks;
    }

    [[nodiscard]] const Policy::Rules *rules() const override
    {
        return m_rules ? &*m_rules : nullptr;
    }

    [[nodiscard]] const Policy::SystemInfo &qubes() const override
    {
        return m_system;
    }

    [[nodiscard]] QString problem() const override
    {
        return trouble;
    }

    void write(const std::string &text)
    {
        FakeFiles files;
        files.put(PolicyDirectory + "/30-user.policy", text);
        auto loaded = Policy::loadPolicy(files, {});
        m_rules = loaded ? std::optional(std::move(loaded->rules)) : std::nullopt;
        Q_EMIT changed();
    }

    /// A qube whose person sits in dom0 and whose disposables are made of `default-dvm`.
    void know(const QStringList &names)
    {
        m_system = {};
        m_system.add({.name = "dom0", .type = "AdminVM", .powerState = "Running"});
        m_system.add({.name = "default-dvm", .type = "AppVM", .isDisposableTemplate = true, .powerState = "Halted"});
        for (const QString &name : names) {
            m_system.add({.name = name.toStdString(),
                          .type = "AppVM",
                          .defaultDispvm = "default-dvm",
                          .guivm = "dom0",
                          .powerState = "Running"});
        }
    }

    bool isWatched = false;
    int looks = 0; ///< how often the qubes were to be read again
    QString trouble;

private:
    std::optional<Policy::Rules> m_rules;
    Policy::SystemInfo m_system;
};

} // namespace Bulkhead::Test
