// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/refusal.h"

#include <utility>

namespace Bulkhead
{

std::unexpected<Refusal> refuse(RefusalKind kind, std::string message)
{
    return std::unexpected(Refusal{.kind = kind, .message = std::move(message)});
}

std::string_view exceptionName(RefusalKind kind)
{
    switch (kind) {
    case RefusalKind::General:
        return "QubesException";
    case RefusalKind::QubeNotFound:
        return "QubesVMNotFoundError";
    case RefusalKind::InvalidUuid:
        return "QubesVMInvalidUUIDError";
    case RefusalKind::QubeState:
        return "QubesVMError";
    case RefusalKind::InUse:
        return "QubesVMInUseError";
    case RefusalKind::NotStarted:
        return "QubesVMNotStartedError";
    case RefusalKind::NotRunning:
        return "QubesVMNotRunningError";
    case RefusalKind::NotPaused:
        return "QubesVMNotPausedError";
    case RefusalKind::NotHalted:
        return "QubesVMNotHaltedError";
    case RefusalKind::ShutdownTimeout:
        return "QubesVMShutdownTimeoutError";
    case RefusalKind::NoTemplate:
        return "QubesNoTemplateError";
    case RefusalKind::BadValue:
        return "QubesValueError";
    case RefusalKind::BadPropertyValue:
        return "QubesPropertyValueError";
    case RefusalKind::NoSuchProperty:
        return "QubesNoSuchPropertyError";
    case RefusalKind::NotImplemented:
        return "QubesNotImplementedError";
    case RefusalKind::NotEnoughMemory:
        return "QubesMemoryError";
    case RefusalKind::FeatureNotFound:
        return "QubesFeatureNotFoundError";
    case RefusalKind::TagNotFound:
        return "QubesTagNotFoundError";
    case RefusalKind::LabelNotFound:
        return "QubesLabelNotFoundError";
    case RefusalKind::PoolInUse:
        return "QubesPoolInUseError";
    case RefusalKind::Storage:
        return "StoragePoolException";
    case RefusalKind::DeviceNotAssigned:
        return "DeviceNotAssigned";
    case RefusalKind::DeviceAlreadyAssigned:
        return "DeviceAlreadyAssigned";
    case RefusalKind::DeviceAlreadyAttached:
        return "DeviceAlreadyAttached";
    case RefusalKind::UnrecognizedDevice:
        return "UnrecognizedDevice";
    case RefusalKind::Protocol:
    case RefusalKind::Permission:
        return {};
    }
    std::unreachable();
}

} // namespace Bulkhead
