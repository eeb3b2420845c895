// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/libxlcontext.h"

#include "base/formatted.h"
#include "dom0-core/driver/xen/libxllog.h"

#include <unistd.h>

namespace Bulkhead
{

LibxlContext::LibxlContext(std::unique_ptr<LibxlLog> log)
    : m_log(std::move(log))
{
}

LibxlContext::~LibxlContext()
{
    if (m_context != nullptr) {
        libxl_ctx_free(m_context);
    }
}

Result<std::unique_ptr<LibxlContext>> LibxlContext::open()
{
    // Without the hypervisor libxl would say which file it missed, and nobody would know what to do about that.
    if (::access("/sys/hypervisor/uuid", F_OK) != 0) {
        return fail(
            Errc::Unsupported,
            "this machine does not run Xen: start it with the hypervisor in its boot menu, or choose the driver "
            "local");
    }
    if (::access("/dev/xen/privcmd", R_OK | W_OK) != 0) {
        return fail(Errc::Unsupported,
                    "/dev/xen/privcmd cannot be used: this is not dom0, or the module xen-privcmd is not loaded");
    }
    auto opened = std::unique_ptr<LibxlContext>(new LibxlContext(std::make_unique<LibxlLog>()));
    if (const int code = libxl_ctx_alloc(&opened->m_context, LIBXL_VERSION, 0, opened->m_log->logger()); code != 0) {
        opened->m_context = nullptr;
        auto error = opened->error(code, "Xen's toolstack cannot be reached; does xenstored run");
        error.code = Errc::Unsupported;
        return std::unexpected(std::move(error));
    }
    return opened;
}

Error LibxlContext::error(int code, std::string_view doing)
{
    const auto words = m_log->takeErrors();
    const auto kind = code == ERROR_NOMEM ? Errc::TooMuch
        : code == ERROR_DOMAIN_NOTFOUND   ? Errc::NotFound
        : code == ERROR_TIMEDOUT          ? Errc::TimedOut
                                          : Errc::Driver;
    return {.code = kind,
            .sysErrno = 0,
            .detail = words.empty() ? formatted("{}: {}", doing, libxl_error_to_string(static_cast<libxl_error>(code)))
                                    : formatted("{}: {}", doing, words)};
}

void LibxlContext::forgetErrors()
{
    (void)m_log->takeErrors();
}

} // namespace Bulkhead
