// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenpresence.h"

#include "vchan-io/wire/xennodes.h"

#include <string>
#include <utility>

namespace Bulkhead
{

XenPresence::XenPresence(XenstoreLink &store, DomId domain)
    : m_store(store)
    , m_domain(domain)
{
    m_store.watch(XenNodes::ReleaseDomain, [this] {
        look();
    });
}

void XenPresence::look()
{
    if (std::exchange(m_looking, true)) {
        m_again = true;
        return;
    }
    m_store.ask(Xenstore::Kind::IsDomainIntroduced,
                Xenstore::terminated({std::to_string(m_domain.value())}),
                [this](const Result<std::string> &answer) {
                    m_looking = false;
                    // A store that does not answer this knows nothing, which is not the domain's end.
                    m_gone = m_gone || (answer && answer->starts_with('F'));
                    if (std::exchange(m_again, false)) {
                        look();
                    }
                });
}

} // namespace Bulkhead
