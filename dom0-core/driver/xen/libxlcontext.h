// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/xen/libxlheaders.h"

#include <memory>
#include <string>

namespace Bulkhead
{

class LibxlLog;

/// A connection to libxl, and what it said last: only its log has the reasons in words. One thread only.
class LibxlContext
{
public:
    /// @errors Unsupported, in words: this machine does not run Xen, or its toolstack does not
    [[nodiscard]] static Result<std::unique_ptr<LibxlContext>> open();
    LibxlContext(const LibxlContext &) = delete;
    LibxlContext &operator=(const LibxlContext &) = delete;
    ~LibxlContext();

    [[nodiscard]] libxl_ctx *get() const noexcept
    {
        return m_context;
    }

    /// What failed, with the errors that libxl logged since the last call of this or of forgetErrors().
    /// @param code  libxl's, negative
    [[nodiscard]] Error error(int code, std::string_view doing);
    void forgetErrors();

private:
    explicit LibxlContext(std::unique_ptr<LibxlLog> log);

    std::unique_ptr<LibxlLog> m_log;
    libxl_ctx *m_context = nullptr;
};

} // namespace Bulkhead
