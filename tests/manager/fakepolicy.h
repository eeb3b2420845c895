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
        return system;
    }

    [[nodiscard]] QString problem() const override
    {
        return trouble;
    }

    void write(const std::string &text)
    {
        FakeFiles files;
        files.put(PolicyDirectory + "/30-user.policy", text);
        take(files);
    }

    /// Nothing is known of it, as before it was read.
    void forget()
    {
        m_rules.reset();
        Q_EMIT changed();
    }

    void take(FakeFiles &files)
    {
        auto loaded = Policy::loadPolicy(files, {});
        m_rules = loaded ? std::optional(std::move(loaded->rules)) : std::nullopt;
        Q_EMIT changed();
    }

    /// A qube whose person sits in dom0 and whose disposables are made of `default-dvm`.
    void know(const QStringList &names)
    {
        system = {};
        system.add({.name = "dom0", .type = "AdminVM", .powerState = "Running"});
        system.add({.name = "default-dvm", .type = "AppVM", .isDisposableTemplate = true, .powerState = "Halted"});
        for (const QString &name : names) {
            system.add({.name = name.toStdString(),
                        .type = "AppVM",
                        .defaultDispvm = "default-dvm",
                        .guivm = "dom0",
                        .powerState = "Running"});
        }
    }

    void knowTemplate(const QString &name)
    {
        system.add({.name = name.toStdString(), .type = "TemplateVM", .powerState = "Halted"});
    }

    Policy::SystemInfo system; ///< what is known of the qubes
    bool isWatched = false;
    int looks = 0; ///< how often the qubes were to be read again
    QString trouble;

protected:
    void setFollowed(bool isFollowed) override
    {
        isWatched = isFollowed;
    }

private:
    std::optional<Policy::Rules> m_rules;
};

} // namespace Bulkhead::Test
