// SPDX-License-Identifier: GPL-2.0-or-later
// Input: which letters, the stream of a sender.
// Promise: no name and no link leads out of the receiving directory; what was read can be sent on in the same bytes
// and is read as the same; the stream ends at the first thing that cannot be.
#include "tests/fuzz/splitstream.h"
#include "vchan-io/wire/filecopy/entry.h"

#include <algorithm>
#include <ranges>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;

namespace
{

/// Takes what is there from the front of the stream; less than `size` bytes at its end.
Fuzz::Bytes take(Fuzz::Bytes &stream, std::uint64_t size)
{
    const Fuzz::Bytes taken = stream.first(std::min<std::uint64_t>(size, stream.size()));
    stream = stream.subspan(taken.size());
    return taken;
}

void check(const Path &path, Letters letters)
{
    std::size_t parts = 0;
    for (const auto part : std::views::split(path.text(), '/')) {
        const std::string_view text(part);
        BH_ASSERT(!text.empty() && text != "." && text != ".." && text.size() <= MaxPart && !text.contains('\0'));
        ++parts;
    }
    BH_ASSERT(parts == path.depth() && parts <= MaxDepth && path.text().size() <= MaxPath);
    const std::string_view parent = path.parent();
    BH_ASSERT((parent.empty() ? std::string(path.last()) : std::string(parent) + '/' + std::string(path.last()))
              == path.text());
    BH_ASSERT(Path::parse(path.text(), letters).value() == path);
}

/// Follows the link by words alone, from the directory that it lies in.
void checkTarget(const LinkEntry &link)
{
    BH_ASSERT(!link.target.starts_with('/') && !link.target.empty());
    std::size_t depth = link.path.depth() - 1;
    for (const auto part : std::views::split(link.target, '/')) {
        const std::string_view text(part);
        if (text == "..") {
            BH_ASSERT(depth > 1);
            --depth;
        } else if (!text.empty() && text != ".") {
            ++depth;
        }
    }
}

void checkBytes(const std::vector<std::byte> &built, const Entry &entry, Letters letters)
{
    const Fuzz::Bytes bytes(built);
    const auto header = parseHeader(bytes.first(HeaderSize)).value().value();
    BH_ASSERT(parseEntry(header, bytes.subspan(HeaderSize, header.nameSize), letters).value() == entry);
}

/// @return whether the stream goes on
bool takeContent(const FileEntry &entry, Fuzz::Bytes &stream, Letters letters)
{
    check(entry.path, letters);
    checkBytes(build(entry), entry, letters);
    return take(stream, entry.size).size() == entry.size;
}

bool takeContent(const DirectoryEntry &entry, Fuzz::Bytes & /*stream*/, Letters letters)
{
    check(entry.path, letters);
    checkBytes(build(entry), entry, letters);
    return true;
}

bool takeContent(const LinkStart &start, Fuzz::Bytes &stream, Letters letters)
{
    BH_ASSERT(start.targetSize <= MaxTarget);
    const Fuzz::Bytes target = take(stream, start.targetSize);
    if (target.size() < start.targetSize) {
        return false;
    }
    const auto link = parseLink(start, target, letters);
    if (!link) {
        return false;
    }
    check(link->path, letters);
    checkTarget(*link);
    checkBytes(build(*link), start, letters);
    return true;
}

bool takeEntry(Fuzz::Bytes &stream, Letters letters)
{
    if (stream.size() < HeaderSize) {
        return false;
    }
    const auto header = parseHeader(take(stream, HeaderSize));
    if (!header || !*header) {
        return false;
    }
    BH_ASSERT((*header)->nameSize >= 1 && (*header)->nameSize <= MaxNameField);
    const Fuzz::Bytes name = take(stream, (*header)->nameSize);
    if (name.size() < (*header)->nameSize) {
        return false;
    }
    const auto entry = parseEntry(**header, name, letters);
    return entry
        && std::visit(
               [&](const auto &kind) {
                   return takeContent(kind, stream, letters);
               },
               *entry);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 1) {
        return 0;
    }
    const Letters letters = data[0] % 2 == 0 ? Letters::Shown : Letters::All;
    Fuzz::Bytes stream = Fuzz::asBytes(data + 1, size - 1);
    while (takeEntry(stream, letters)) { }
    return 0;
}
