// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/preflight.h"

#include "base/formatted.h"
#include "vchan-io/wire/filecopy/entry.h"

namespace Bulkhead::FileCopy
{

namespace
{

class Look final : public TreeVisitor
{
public:
    [[nodiscard]] Result<void> onFile(const Item &item) override
    {
        BH_CHECK(judgeName(item));
        return add(item);
    }

    [[nodiscard]] Result<void> onLink(const Item &item) override
    {
        BH_TRY(const Path path, judgeName(item));
        switch (judgeLink(path, item.target, Letters::All)) {
        case Code::Done:
            break;
        case Code::UnsafeLink:
            return fail(Errc::BadValue,
                        formatted("the link {} might lead out of what is copied: it leads to {}",
                                  shownPath(item.path),
                                  shownPath(item.target)));
        default:
            return fail(Errc::BadValue, "the link " + shownPath(item.path) + " cannot be sent");
        }
        if (judgeLink(path, item.target, Letters::Shown) != Code::Done) {
            m_found.letters = Letters::All;
        }
        return add(item);
    }

    [[nodiscard]] Result<void> onDirectory(const Item &item) override
    {
        return judgeName(item).transform([](const Path &) { });
    }

    [[nodiscard]] Result<void> onDirectoryEnd(const Item & /*item*/) override
    {
        return {};
    }

    void onLeftOut(const Item & /*item*/) override
    {
    }

    [[nodiscard]] const Preflight &found() const noexcept
    {
        return m_found;
    }

private:
    Result<Path> judgeName(const Item &item)
    {
        auto path = Path::parse(item.path, Letters::All);
        if (!path) {
            return fail(Errc::BadValue,
                        formatted("{} cannot be sent: a name has at most {} bytes, a path {}, and {} parts",
                                  shownPath(item.path),
                                  MaxPart,
                                  MaxPath,
                                  MaxDepth));
        }
        if (!Path::parse(item.path, Letters::Shown)) {
            m_found.letters = Letters::All;
        }
        return *std::move(path);
    }

    Result<void> add(const Item &item)
    {
        const auto size = static_cast<std::uint64_t>(item.facts.st_size);
        if (size > MaxFileSize - m_found.bytes) {
            return fail(Errc::BadValue, "that is more than can be sent at once");
        }
        m_found.bytes += size;
        return {};
    }

    Preflight m_found;
};

} // namespace

Result<Preflight> lookThrough(const std::vector<Source> &sources, Links links)
{
    Look look;
    for (const Source &source : sources) {
        BH_CHECK(walkSource(source, links, look));
    }
    return look.found();
}

} // namespace Bulkhead::FileCopy
