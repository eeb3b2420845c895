// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/guestservices.h"

#include <QObject>

namespace Bulkhead
{

/// Asks for services over qrexec: one run of its client a service.
class QrexecServices final : public QObject, public GuestServices
{
    Q_OBJECT

public:
    using QObject::QObject;

    void run(const QubeName &qube, std::string_view service, std::chrono::seconds limit, Done done) override;
    void runAsRoot(const QubeName &qube,
                   std::string_view service,
                   std::string_view input,
                   std::chrono::seconds limit,
                   Done done) override;
};

} // namespace Bulkhead
