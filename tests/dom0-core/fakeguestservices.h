// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/guestservices.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead::Test
{

/// Qubes that answer every service well, at once or when the test says so.
class FakeGuestServices final : public QObject, public GuestServices
{
public:
    void runAsRoot(const QubeName &qube,
                   std::string_view service,
                   std::string_view input,
                   std::chrono::seconds limit,
                   Done done) override
    {
        run(qube,
            "root:" + std::string(service) + (input.empty() ? "" : "<" + std::string(input)),
            limit,
            std::move(done));
    }

    void run(const QubeName &qube, std::string_view service, std::chrono::seconds, Done done) override
    {
        log.push_back(qube.text() + " " + std::string(service));
        m_waiting.push_back(std::move(done));
        if (!isHolding) {
            QTimer::singleShot(0, this, [this] {
                answer({});
            });
        }
    }

    /// Answers the one that has waited longest, if there is one.
    void answer(const Result<void> &result)
    {
        if (m_waiting.empty()) {
            return;
        }
        Done done = std::move(m_waiting.front());
        m_waiting.pop_front();
        done(result);
    }

    [[nodiscard]] std::size_t waiting() const
    {
        return m_waiting.size();
    }

    bool isHolding = false;
    std::vector<std::string> log; ///< `qube service`, in the order in which they were asked for

private:
    std::deque<Done> m_waiting;
};

} // namespace Bulkhead::Test
