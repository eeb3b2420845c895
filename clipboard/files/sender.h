// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/files/moved.h"
#include "clipboard/files/peerstream.h"
#include "clipboard/files/progress.h"
#include "clipboard/files/sources.h"
#include "vchan-io/wire/filecopy/entry.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace Bulkhead::FileCopy
{

/// Sends sources as one transfer.
class Sender final : public TreeVisitor
{
public:
    /// @param stream, progress  outlive this
    /// @param moved  is told what was sent; null where nothing will be deleted
    Sender(PeerStream &stream, Progress &progress, Moved *moved) noexcept
        : m_stream(stream)
        , m_progress(progress)
        , m_moved(moved)
    {
    }

    /// Sends everything and waits until the receiver has confirmed that it is on disk.
    /// @errors of PeerStream and Progress; Io and BadValue about a source, where the stream is cut short
    [[nodiscard]] Result<void> run(const std::vector<Source> &sources, Links links);

    /// How many things were not sent because of their kind.
    [[nodiscard]] std::uint64_t leftOut() const noexcept
    {
        return m_leftOut;
    }

    [[nodiscard]] Result<void> onFile(const Item &item) override;
    [[nodiscard]] Result<void> onLink(const Item &item) override;
    [[nodiscard]] Result<void> onDirectory(const Item &item) override;
    [[nodiscard]] Result<void> onDirectoryEnd(const Item &item) override;
    void onLeftOut(const Item &item) override;

private:
    void remember(const Item &item, const struct stat &facts);
    [[nodiscard]] Result<void> sendContent(int file, const Item &item, std::uint64_t size);

    PeerStream &m_stream;
    Progress &m_progress;
    Moved *m_moved;
    std::size_t m_source = 0; ///< which one is on its way
    std::uint64_t m_leftOut = 0;
};

} // namespace Bulkhead::FileCopy
