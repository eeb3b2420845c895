// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/adminreply.h"
#include "manager/client/qubetraits.h"

#include <QHash>
#include <QObject>

#include <memory>

namespace Bulkhead
{

class AdminClient;

/// Reads the traits of one qube by the ordinary calls. Of each qube at most one reading is under way; a wish meanwhile
/// makes it be read once more. What the core does not tell is taken as if it were not set.
class TraitReader : public QObject
{
    Q_OBJECT

public:
    /// @param client  outlives this
    explicit TraitReader(AdminClient *client);

    void read(const QString &qube);
    /// Answers under way are dropped.
    void forgetAll();

Q_SIGNALS:
    void done(const QString &qube, const Bulkhead::QubeTraits &traits);

private:
    struct Reading;
    using Part = std::function<void(Reading &, const AdminResult &)>;

    void ask(const std::shared_ptr<Reading> &reading, AdminCall call, Part take);
    void finish(const Reading &reading);

    AdminClient *m_client;
    QHash<QString, std::shared_ptr<Reading>> m_readings;
};

} // namespace Bulkhead
