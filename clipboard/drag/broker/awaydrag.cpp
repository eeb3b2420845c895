// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/awaydrag.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Drag
{

AwayDrag::AwayDrag(EventLoop &loop, std::string policySocket, QubeName source, Handlers handlers)
    : m_loop(loop)
    , m_policySocket(std::move(policySocket))
    , m_handlers(std::move(handlers))
    , m_source{.qube = std::move(source), .window = {}}
{
    (void)readDesktop();
    askPolicies();
    showSheets(); // also where there are none: the source has its mark and name
    updateTarget();
}

AwayDrag::~AwayDrag()
{
    m_handlers.show(buildHide());
}

bool AwayDrag::isSource(const QubeWindow &window) const
{
    return window.qube == m_source.qube;
}

/// Whether the sheets are other ones now.
bool AwayDrag::readDesktop()
{
    m_windows = m_handlers.readDesktop();
    const auto own = std::ranges::find_if(m_windows, [this](const ShownWindow &window) {
        return window.owner && isSource(*window.owner);
    });
    if (own != m_windows.end()) {
        m_source = *own->owner;
    }
    return std::exchange(m_sheets, sheetsOver(m_windows, m_source.qube)) != m_sheets;
}

void AwayDrag::onDesktopChanged()
{
    if (readDesktop()) {
        askPolicies();
        showSheets();
    }
    updateTarget();
}

void AwayDrag::movePointer(Point place)
{
    m_pointer = place;
    updateTarget();
}

void AwayDrag::askPolicies()
{
    for (const Sheet &sheet : m_sheets) {
        const QubeName &target = sheet.window.owner->qube;
        if (m_judgements.try_emplace(target).second) {
            m_questions.emplace(target,
                                std::make_unique<PolicyQuestion>(m_loop,
                                                                 m_policySocket,
                                                                 m_source.qube,
                                                                 target,
                                                                 PointedAt::Passing,
                                                                 [this, target](const Judgement &judgement) {
                                                                     onJudgement(target, judgement);
                                                                 }));
        }
    }
}

void AwayDrag::onJudgement(const QubeName &target, const Judgement &judgement)
{
    m_judgements.insert_or_assign(target, judgement); // the questions go with what asked them
    showSheets();
    updateTarget();
}

void AwayDrag::showSheets() const
{
    m_handlers.show(buildSheets(m_source, m_sheets, m_judgements));
}

Judgement AwayDrag::judgementOf(const QubeName &target) const
{
    const auto found = m_judgements.find(target);
    return found == m_judgements.end() ? Judgement{} : found->second;
}

/// Where nothing would be copied no ring fills.
bool AwayDrag::mayRest() const
{
    const auto &qube = m_rest.target().qube;
    const Verdict verdict = qube ? judgementOf(*qube).verdict : Verdict::Deny;
    return verdict == Verdict::Allow || verdict == Verdict::Ask;
}

void AwayDrag::updateTarget()
{
    const TimePoint now = m_loop.clock().now();
    Target target;
    if (const ShownWindow *const window = windowAt(m_windows, m_pointer)) {
        target = {.window = window->id,
                  .rect = window->rect,
                  .qube =
                      window->owner && !isSource(*window->owner) ? std::optional(window->owner->qube) : std::nullopt};
    }
    (void)m_rest.over(target, now);
    m_ring.reset();
    if (const auto left = m_rest.left(now); left && mayRest()) {
        m_ring = m_loop.after(*left, [this] {
            showPointer();
        });
    }
    showPointer();
}

void AwayDrag::showPointer() const
{
    const TimePoint now = m_loop.clock().now();
    PointerState state{.place = m_pointer, .target = m_rest.target().qube};
    if (const ShownWindow *const window = windowAt(m_windows, m_pointer)) {
        state.sheet = window->id;
        state.over = !window->owner    ? PointerOver::Dom0
            : isSource(*window->owner) ? PointerOver::Source
                                       : PointerOver::Qube;
    }
    if (mayRest()) {
        state.ring = m_rest.left(now);
        state.isFull = m_rest.isFull(now);
    }
    m_handlers.show(buildPointer(state));
}

std::optional<Landing> AwayDrag::landing() const
{
    const ShownWindow *const window = windowAt(m_windows, m_pointer);
    if (window == nullptr || !window->owner || isSource(*window->owner)) {
        return std::nullopt;
    }
    std::vector<Rect> windows{window->rect};
    const auto source = std::ranges::find(m_windows, std::optional(m_source), &ShownWindow::owner);
    if (source != m_windows.end()) {
        windows.push_back(source->rect);
    }
    return Landing{.target = *window->owner,
                   .shown = window->id,
                   .place = m_pointer,
                   .windows = std::move(windows),
                   .judgement = judgementOf(window->owner->qube),
                   .isRested = mayRest() && m_rest.isFull(m_loop.clock().now())};
}

} // namespace Bulkhead::Drag
