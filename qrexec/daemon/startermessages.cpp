// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/startermessages.h"

#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::uint32_t AnyId = std::numeric_limits<ServiceId>::max();
constexpr std::uint32_t ServiceEofEnds = 1;
constexpr std::uint32_t CallerEofEnds = 2;

Result<ServiceReport::Kind> kindOf(std::uint32_t raw)
{
    switch (raw) {
    case 0:
        return ServiceReport::Kind::Started;
    case 1:
        return ServiceReport::Kind::StartedSocket;
    case 2:
        return ServiceReport::Kind::Failed;
    case 3:
        return ServiceReport::Kind::Ended;
    }
    return fail(Errc::BadField, "kind");
}

} // namespace

std::vector<std::byte> build(const ServiceOrder &order)
{
    WireWriter out(ServiceOrderHead + order.text.size());
    out.u32(order.id).u32(std::to_underlying(order.kind)).text(order.text);
    return std::move(out).take();
}

Result<ServiceOrder> parseServiceOrder(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    const auto rawId = in.u32();
    const auto rawKind = in.u32();
    const auto text = in.rest().anyValue();
    BH_CHECK(in.finish());
    BH_TRY(const ServiceId id, rawId.within(0, AnyId, "id"));
    BH_TRY(const std::uint32_t kind, rawKind.within(0, 1, "kind"));
    if (std::ranges::contains(text, std::byte{0})) {
        return fail(Errc::BadField, "text");
    }
    ServiceOrder order{.id = id, .kind = kind == 0 ? ServiceOrder::Kind::Start : ServiceOrder::Kind::KillAfterwards};
    std::ranges::transform(text, std::back_inserter(order.text), [](std::byte byte) {
        return static_cast<char>(byte);
    });
    return order;
}

std::vector<std::byte> build(const ServiceReport &report)
{
    const std::uint32_t rules =
        (report.rules.serviceEofEnds ? ServiceEofEnds : 0) | (report.rules.callerEofEnds ? CallerEofEnds : 0);
    WireWriter out(ServiceReportSize);
    out.u32(report.id).u32(std::to_underlying(report.kind)).u32(rules).i32(report.status);
    return std::move(out).take();
}

Result<ServiceReport> parseServiceReport(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    const auto rawId = in.u32();
    const auto rawKind = in.u32();
    const auto rawRules = in.u32();
    const auto rawStatus = in.i32();
    BH_CHECK(in.finish());
    BH_TRY(const ServiceId id, rawId.within(0, AnyId, "id"));
    BH_TRY(const std::uint32_t kindNumber, rawKind.within(0, 3, "kind"));
    BH_TRY(const auto kind, kindOf(kindNumber));
    BH_TRY(const std::uint32_t rules, rawRules.within(0, ServiceEofEnds | CallerEofEnds, "rules"));
    BH_TRY(const std::int32_t status, rawStatus.within(0, 255, "status"));
    return ServiceReport{
        .id = id,
        .kind = kind,
        .rules = {.serviceEofEnds = (rules & ServiceEofEnds) != 0, .callerEofEnds = (rules & CallerEofEnds) != 0},
        .status = status,
    };
}

} // namespace Bulkhead::Qrexec
