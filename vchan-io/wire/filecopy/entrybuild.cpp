// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/filecopy/entry.h"
#include "vchan-io/wire/filecopy/entryfields.h"
#include "vchan-io/wire/wirewriter.h"

#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

WireWriter start(const Path &path, std::uint32_t kind, std::uint64_t size, const Attributes &attributes)
{
    WireWriter out(HeaderSize + path.text().size() + 1);
    out.u32(static_cast<std::uint32_t>(path.text().size() + 1)); // at most MaxPath
    out.u32(kind | attributes.permissions);
    out.u32(static_cast<std::uint32_t>(size)).u32(static_cast<std::uint32_t>(size >> 32));
    for (const Timestamp time : {attributes.accessed, attributes.modified}) {
        out.u32(time.seconds).u32(time.nanoseconds);
    }
    out.text(path.text()).zeros(1);
    return out;
}

} // namespace

std::vector<std::byte> build(const FileEntry &entry)
{
    return start(entry.path, FileKind, entry.size, entry.attributes).take();
}

std::vector<std::byte> build(const DirectoryEntry &entry)
{
    return start(entry.path, DirectoryKind, 0, entry.attributes).take();
}

std::vector<std::byte> build(const LinkEntry &entry)
{
    WireWriter out = start(entry.path, LinkKind, entry.target.size(), entry.attributes);
    out.text(entry.target);
    return std::move(out).take();
}

std::vector<std::byte> buildEndMarker()
{
    return std::vector<std::byte>(HeaderSize);
}

} // namespace Bulkhead::FileCopy
