// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/policylink/policyfileclient.h"

#include <QObject>
#include <QString>

namespace Bulkhead
{

/// Writes the rules of answers that are to hold for ever into a file of the policy that is theirs alone, and tells the
/// person where that did not work. The rule is undone by taking its line out of that file.
class RuleKeeper : public QObject
{
    Q_OBJECT

public:
    /// @param socket  where calls about policy files are answered
    explicit RuleKeeper(QString socket, QObject *parent = nullptr);

    void add(const QString &rule);

Q_SIGNALS:
    void added(const QString &rule);
    /// A window says so, too.
    void failed(const QString &rule);

private:
    void tell(const QString &rule, const Error &error);

    PolicyFileClient m_file;
};

} // namespace Bulkhead
