// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/filework.h"

#include <cerrno>
#include <fstream>
#include <memory>
#include <utility>

namespace Bulkhead::Test
{

/// Counts the steps of a pool of files, and breaks one of them.
class BrittleFileWork final : public FileWork
{
public:
    enum class Break : std::uint8_t {
        Nothing,
        DiskFull, ///< that step fails, the later ones work
        Kill,     ///< that step is half done, and nothing comes after it: its end is never told
    };

    /// Outlives the work that it steers.
    struct Script {
        Break how = Break::Nothing;
        int at = 0; ///< the step, from 1
        int steps = 0;
        bool isDead = false;
    };

    BrittleFileWork(std::unique_ptr<FileWork> real, Script &script)
        : m_real(std::move(real))
        , m_script(script)
    {
    }

    Result<void> makeFolder(const Path &folder, std::filesystem::perms mode) override
    {
        return step([&] {
            return m_real->makeFolder(folder, mode);
        });
    }

    Result<void> removeFolder(const Path &folder) override
    {
        return step([&] {
            return m_real->removeFolder(folder);
        });
    }

    Result<void> makeSparse(const Path &file, std::uint64_t bytes) override
    {
        return step([&] {
            return m_real->makeSparse(file, bytes);
        });
    }

    Result<void> grow(const Path &file, std::uint64_t bytes) override
    {
        return step([&] {
            return m_real->grow(file, bytes);
        });
    }

    Result<void> link(const Path &file, const Path &second) override
    {
        return step([&] {
            return m_real->link(file, second);
        });
    }

    Result<void> rename(const Path &from, const Path &to) override
    {
        return step([&] {
            return m_real->rename(from, to);
        });
    }

    Result<void> unlink(const Path &file) override
    {
        return step([&] {
            return m_real->unlink(file);
        });
    }

    Result<void> syncFolder(const Path &folder) override
    {
        return step([&] {
            return m_real->syncFolder(folder);
        });
    }

    void format(const Path &, Done done) override
    {
        later(
            [](Done real) {
                real({});
            },
            std::move(done));
    }

    void copy(const Path &from, const Path &to, Durability durability, Done done) override
    {
        if (isNext()) {
            std::ofstream(to) << "half"; // what a copy leaves that found no more room, or was killed
        }
        later(
            [this, from, to, durability](Done real) {
                m_real->copy(from, to, durability, std::move(real));
            },
            std::move(done));
    }

    void copyMerged(const Path &lower, const Path &upper, const Path &place, const Path &to, Done done) override
    {
        later(
            [this, lower, upper, place, to](Done real) {
                m_real->copyMerged(lower, upper, place, to, std::move(real));
            },
            std::move(done));
    }

    void unpack(const Path &archive, const Path &to, Done done) override
    {
        later(
            [this, archive, to](Done real) {
                m_real->unpack(archive, to, std::move(real));
            },
            std::move(done));
    }

    void sync(const Path &file, Done done) override
    {
        later(
            [this, file](Done real) {
                m_real->sync(file, std::move(real));
            },
            std::move(done));
    }

    void discard(const Path &path, Done done) override
    {
        later(
            [this, path](Done real) {
                m_real->discard(path, std::move(real));
            },
            std::move(done));
    }

private:
    [[nodiscard]] bool isNext() const
    {
        return m_script.how != Break::Nothing && m_script.steps + 1 == m_script.at;
    }

    static std::unexpected<Error> noRoom()
    {
        return failErrno(ENOSPC, "cannot write");
    }

    template<typename Work> Result<void> step(Work work)
    {
        if (m_script.isDead) {
            return noRoom(); // nobody hears it
        }
        const bool breaks = isNext();
        ++m_script.steps;
        if (!breaks) {
            return work();
        }
        m_script.isDead = m_script.how == Break::Kill;
        return noRoom();
    }

    template<typename Work> void later(Work work, Done done)
    {
        const bool breaks = isNext();
        ++m_script.steps;
        if (breaks && m_script.how == Break::Kill) {
            m_script.isDead = true;
        }
        if (m_script.isDead) {
            done(noRoom()); // what it does on that comes to nothing
            return;
        }
        breaks ? done(noRoom()) : work(std::move(done));
    }

    std::unique_ptr<FileWork> m_real;
    Script &m_script;
};

} // namespace Bulkhead::Test
